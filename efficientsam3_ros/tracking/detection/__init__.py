"""Detections of a frame: when the detector runs, and what counts of its output."""
