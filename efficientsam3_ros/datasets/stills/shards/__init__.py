"""Labelled pictures of any set in tars of many: ``<key>.jpg`` beside ``<key>.json``."""
