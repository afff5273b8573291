"""Boxes and clouds of the objects node against the truth of the simulated tabletop."""
