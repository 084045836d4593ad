"""The description of the mock's JSON APIs: ``GET /openapi.json``."""
