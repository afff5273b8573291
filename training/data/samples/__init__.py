"""Labelled samples of a data set as a torch data set: damaged ones are skipped, draws repeat."""
