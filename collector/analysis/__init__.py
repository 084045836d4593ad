"""What a run shows: metrics, inference with the puppet as the unit, and the report."""
