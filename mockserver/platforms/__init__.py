"""The sites of the mock: pages that a browser visits, over the mock's world."""
