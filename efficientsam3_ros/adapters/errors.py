"""What an adapter refuses."""


class AdapterError(ValueError):
    """Data that the tool behind an adapter would misread; the text names cause and remedy."""
