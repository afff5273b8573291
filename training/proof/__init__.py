"""The small-scale proof: the three stages on a small teacher, each part left out in turn."""
