"""YouTube above its parser: its pages without a browser, the ytTREX dialect."""
