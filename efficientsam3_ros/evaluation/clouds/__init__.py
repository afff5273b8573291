"""How well masks cut real things out of RGB-D scenes: their points, and the boxes around them."""
