"""Recorded bags as sequences: images, and truth from topics or annotation files."""
