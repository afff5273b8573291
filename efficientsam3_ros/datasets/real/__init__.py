"""Suites of real pictures: what they ask, and where their pictures are."""
