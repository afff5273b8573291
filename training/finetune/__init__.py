"""Trains a bundle further on a team's own labeled pictures."""
