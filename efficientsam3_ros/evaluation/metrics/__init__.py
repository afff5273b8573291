"""Metrics on run-length masks; each file one metric, each tested against the public evaluators."""
