"""Clips with object masks: rendered, cut into windows, batched, with simulated mask errors."""
