"""The steps of a pipeline: what is run, and what tells that it is finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
import hashlib
from pathlib import Path
import re

from training.settings.reading import build, read_entries

_MODULE = re.compile(r'training(\.\w+)+')
OUT = '{out}'
"""Stands for the pipeline's folder."""


@dataclass(frozen=True)
class PipelineStep:
    """One command.

    Attributes:
        name: Told while it runs.
        module: What stands behind ``python -m``; one of the trainings, or of what prepares data
            and exports.
        words: Its arguments; ``{out}`` is the pipeline's folder.
        makes: What is there once it is finished, under the pipeline's folder.
    """

    name: str = ''
    module: str = ''
    words: list[str] = field(default_factory=list)
    makes: str = ''

    def __post_init__(self) -> None:
        if not (self.name and self.makes):
            raise ValueError('A step needs a name, and what it makes.')
        if not _MODULE.fullmatch(self.module):
            raise ValueError(f'{self.module!r} is no module of training, e.g. training.stage1.')

    def arguments(self, out: Path) -> list[str]:
        """Return the arguments for a folder."""
        return [word.replace(OUT, str(out)) for word in self.words]


@dataclass(frozen=True)
class Pipeline:
    """Steps in order.

    Attributes:
        name: Names the folder.
        steps: Each begins when the one before it has finished.
        values: Words of one's own, ``{name}`` to what stands for it, e.g. where data lie.
    """

    name: str = 'phd'
    steps: list[PipelineStep] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [step.name for step in self.steps]
        if not names or len(names) != len(set(names)):
            raise ValueError('A pipeline needs steps, each with a name of its own.')

    @classmethod
    def load(cls, path: Path, overrides: Sequence[str] = ()) -> Pipeline:
        """Read a YAML file.

        Args:
            path: The file.
            overrides: Entries in its place, such as ``values.sa1b=/data/sa1b``.

        Raises:
            ConfigError: If it is missing, or an entry is unknown or misfit.
        """
        entries = read_entries(path, 'name a pipeline, see training/configs/phd')
        return build(cls, entries, str(path), overrides)

    def filled(self) -> list[PipelineStep]:
        """Return the steps with the values in their words; a step keeps what it is called."""
        return [
            PipelineStep(s.name, s.module, [self._filled(w) for w in s.words], s.makes)
            for s in self.steps
        ]

    def _filled(self, word: str) -> str:
        for name, value in self.values.items():
            word = word.replace(f'{{{name}}}', value)
        return word


def digest(step: PipelineStep, before: str) -> str:
    """Return what tells a step from another one: its words, the files they name, and all before.

    Args:
        step: With values filled in.
        before: Digest of the step before it.
    """
    total = hashlib.sha256(before.encode())
    total.update(repr((step.module, step.words, step.makes)).encode())
    for word in step.words:
        if word.endswith('.yaml') and Path(word).is_file():
            total.update(Path(word).read_bytes())
    return total.hexdigest()
