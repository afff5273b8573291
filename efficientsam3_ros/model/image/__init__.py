"""Image encoders: trunks and necks."""
