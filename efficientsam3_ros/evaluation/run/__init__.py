"""Runs a tracker over sequences: predictions, scores, pictures, all resumable."""
