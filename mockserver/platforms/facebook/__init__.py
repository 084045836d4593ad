"""The Facebook-like side of the mock."""
