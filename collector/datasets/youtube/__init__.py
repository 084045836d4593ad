"""The mock's video site in memory, as data sets are made of it."""
