"""The mock's feed in memory, as data sets are made of it."""
