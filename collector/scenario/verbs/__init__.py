"""The verbs of the scenario language, one small class each, by what they do."""
