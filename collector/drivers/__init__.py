"""A puppet and its actions: Chromium, or pages without a browser."""
