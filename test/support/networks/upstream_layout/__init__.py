"""Trunks written from the publications, with the parameter names of upstream's checkpoints."""

from __future__ import annotations

from upstream_layout.efficientvit import EfficientVit
from upstream_layout.repvit import RepVit
from upstream_layout.tiny_vit import TinyVit

_CLASSES = {'repvit': RepVit, 'tiny_vit': TinyVit, 'efficientvit': EfficientVit}


def build(spec):
    """Return the trunk of a spec under upstream's names; it returns four maps."""
    return _CLASSES[spec.family](spec.channels, spec.depths)
