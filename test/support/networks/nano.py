"""The networks that the shipped bundle was exported from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from efficientsam3_ros.model.nano_student import NanoStudent
from training.detector.config import SupervisedConfig
from training.memory.weights import load_memory

TRAINING = Path(__file__).parents[3] / 'training'


def nano_student() -> NanoStudent:
    """Return it with the committed weights, every tensor of them, in eval mode."""
    config = SupervisedConfig.load(TRAINING / 'configs' / 'nano.yaml').student
    weights = torch.load(TRAINING / 'weights' / 'nano.pt', weights_only=True)
    words = len(weights['text_encoder.word.weight'])
    student = NanoStudent(replace(config, vocabulary_size=words))
    student.load_state_dict(weights, strict=True)
    return student.eval()


def nano_modules() -> dict[str, nn.Module]:
    """Return the module behind each graph; the memory's weights are stored by halves."""
    student, weights = nano_student(), TRAINING / 'weights' / 'nano_memory.pt'
    memory = load_memory(weights).half().float()
    names = ('image_encoder', 'text_encoder', 'exemplar_encoder', 'detector')
    return {
        **{name: getattr(student, name) for name in names},
        'track_step': memory.track_step,
        'memorise': memory.memorise,
    }
