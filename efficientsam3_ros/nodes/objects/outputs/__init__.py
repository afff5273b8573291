"""What the objects node publishes."""
