"""Alignment of an image encoder with a text encoder, before a detector learns on both."""
