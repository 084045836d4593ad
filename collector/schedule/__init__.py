"""When what starts: blocks at a barrier, waves, workers, and the display of both."""
