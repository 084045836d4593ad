"""Pages to observations: pure functions without clock and I/O, one renderer a file."""
