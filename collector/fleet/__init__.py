"""Sessions on other machines: the ledger behind HTTP, and Dask to place them."""
