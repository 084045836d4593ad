"""What was said before the run, and what became of it: preregistration, deviations, blinding."""
