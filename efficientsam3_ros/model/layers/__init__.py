"""Building blocks that several parts of the network share."""
