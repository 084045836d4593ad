"""A run from plan to result: begin, resume, repeat."""
