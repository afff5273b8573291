"""Phrases to token ids: the small word list and CLIP's byte pairs."""
