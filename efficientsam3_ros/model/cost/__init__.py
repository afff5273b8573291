"""Parameters, multiply-accumulates and memory of the networks, by part."""
