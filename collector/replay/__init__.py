"""Recorded runs, played again without their server."""
