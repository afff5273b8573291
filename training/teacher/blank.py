"""SAM 3 without weights: what can be counted of it where it is not there."""

from __future__ import annotations

import torch
from torch import nn

from efficientsam3_ros.model.layers.blank import Blank


def blank_teacher() -> nn.Module | None:
    """Return SAM 3 in its published shape, without weights; None where transformers is missing."""
    try:
        from transformers import Sam3Config, Sam3Model
    except ImportError:
        return None
    with torch.device('meta'), Blank():
        model: nn.Module = Sam3Model(Sam3Config())
    return model
