"""Kinds of thing: the shape and the print of each."""
