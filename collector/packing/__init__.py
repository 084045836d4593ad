"""One file that a stranger can check: the evidence pack of a run, and its dossiers."""
