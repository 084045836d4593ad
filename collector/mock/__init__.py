"""The bundled mock as a run meets it: its own server, its truth log, its labels."""
