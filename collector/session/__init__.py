"""One puppet, one session: steps, captures and pacing."""
