"""One file a generation of markup."""
