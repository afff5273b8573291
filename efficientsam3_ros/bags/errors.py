"""What goes wrong with bags."""


class BagError(ValueError):
    """A bag that cannot be read or written; the message names the cause and the remedy."""
