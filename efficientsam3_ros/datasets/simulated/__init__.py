"""Simulated sequences: bags written by the tabletop camera, and the stored suites."""
