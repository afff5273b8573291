"""Upstream's parameter names and ours, part by part."""
