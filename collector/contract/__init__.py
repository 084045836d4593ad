"""What command line, supervisor, worker, driver and platform tell each other."""
