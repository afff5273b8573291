"""The one error of this package: a file of weights that must not be used."""


class WeightsError(ValueError):
    """Weights that cannot be used; the message names the cause and the remedy."""
