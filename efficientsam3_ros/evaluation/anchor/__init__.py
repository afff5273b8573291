"""A well-known detector of boxes, as a measure beside the bundle's."""
