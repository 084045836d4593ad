"""The scenario language: what an experiment is, read from a file, and the plan it becomes.

``loader.load_scenario`` reads YAML and Guardoni CSV, ``plan.make_plan`` expands a scenario into
seeded sessions, ``lint.warnings`` says what weakens the design.
"""
