"""The case: everything that is known of one dossier."""
