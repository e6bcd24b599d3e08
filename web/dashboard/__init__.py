"""The dashboard: a simulated national year, or the dossiers of a run, against the programme's targets."""
