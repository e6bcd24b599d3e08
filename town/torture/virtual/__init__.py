"""The production code of a whole town in one process, in virtual time, with faults where a plan says so."""
