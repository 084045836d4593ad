"""Facebook above its parser: its runner, its pages without a browser, the fbTREX dialect."""
