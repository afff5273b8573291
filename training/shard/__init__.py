"""Labelled pictures of any set as tars of many, for training from a disk or a network."""
