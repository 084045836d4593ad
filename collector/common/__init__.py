"""The words of the house, which every room may use and which use no room."""
