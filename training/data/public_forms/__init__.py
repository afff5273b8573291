"""Simulated scenes in the forms of public data sets, which the stages of the students read."""
