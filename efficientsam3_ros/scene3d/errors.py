"""What goes wrong with geometry; malformed images raise ``core``'s ``ImageError``."""


class SceneError(ValueError):
    """Cameras, depth or points that do not fit together; the text names cause and remedy."""
