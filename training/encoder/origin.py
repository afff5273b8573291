"""What a run's weights were learned from: kept with them, and compared when they are read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from training.encoder.config import EncoderRunConfig
from training.encoder.network import EncoderStudent
from training.initial_weights import WeightError
from training.teacher.identity import TeacherIdentity

ENTRY = 'origin'


@dataclass(frozen=True)
class Origin:
    """Part of a checkpoint that is compared instead of restored.

    Attributes:
        teacher: Whose features were learned, and how images were prepared.
        context: Tokens of a phrase.
    """

    teacher: TeacherIdentity
    context: int

    def state_dict(self) -> dict[str, Any]:
        """Return what the file holds."""
        return asdict(self)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Compare.

        Raises:
            ValueError: If teacher, preprocess or context is another one.
        """
        before = Origin(TeacherIdentity(**state_dict['teacher']), int(state_dict['context']))
        what = before.teacher.difference(self.teacher)
        if what:
            raise ValueError(f'it was learned from another {what}')
        if before.context != self.context:
            raise ValueError(f'it reads {before.context} tokens, not {self.context}')


def initialize_from(
    network: EncoderStudent, path: Path, config: EncoderRunConfig, origin: Origin
) -> None:
    """Take the averaged weights of another run, all of them.

    Its teacher may be another one, its preprocess and its context may not.

    Raises:
        WeightError: If the file is missing, damaged, or of another network or preparation.
    """
    if not path.is_file():
        raise WeightError(f'{path} does not exist; name the best.pt of a run.')
    try:
        entries = torch.load(path, map_location='cpu', weights_only=True)
        before = entries[ENTRY]
        teacher = TeacherIdentity(origin.teacher.weights, before['teacher']['preprocess'])
        Origin(teacher, before['context']).load_state_dict(origin.state_dict())
        network.load_state_dict(entries['average'])
    except Exception as error:
        parts = ' and '.join(config.parts)
        raise WeightError(f'{path} does not fit the {parts} encoder: {error}') from error
