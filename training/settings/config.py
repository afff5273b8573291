"""Settings that every run has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from training.settings.reading import build, read_entries

ConfigT = TypeVar('ConfigT', bound='RunConfig')

EXAMPLES = Path(__file__).parents[1] / 'configs'


@dataclass(frozen=True)
class OptimizationConfig:
    """What every schedule has.

    Attributes:
        warmup: Steps of linear warm-up.
        constant: Share of the run at full rate, before a cosine to zero.
        timescale: Above 0, the rate falls with the square root of the steps in place of these:
            this many steps after the warm-up it is at 0.71.
        cooldown: Steps of a linear end at zero then.
        learning_rate: Peak rate.
        weight_decay: Of matrices; biases, norms and embeddings have none.
        clip: Largest gradient norm.
        ema: Decay of the averaged weights, which are what is evaluated and exported.
        checkpoint_every: Steps between checkpoints.
        validate_every: Steps between validations.
        accumulate: Batches a step, of each process; their gradients are averaged.
    """

    warmup: int = 100
    constant: float = 0.4
    timescale: int = 0
    cooldown: int = 0
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    clip: float = 5.0
    ema: float = 0.998
    checkpoint_every: int = 200
    validate_every: int = 400
    accumulate: int = 1

    def __post_init__(self) -> None:
        if self.accumulate < 1:
            raise ValueError('A step needs a batch; give accumulate 1 or more.')
        if min(self.timescale, self.cooldown) < 0:
            raise ValueError('timescale and cooldown are steps; give 0 or more.')

    @property
    def steps(self) -> int:
        """Length of the run."""
        raise NotImplementedError


@dataclass(frozen=True)
class RunConfig:
    """What every run has.

    Attributes:
        name: Names the run's folder.
        seed: Of weights and batches.
        threads: CPU threads of torch; 0 leaves torch's own choice.
        precision: ``32-true``, or ``bf16-mixed``: products in bfloat16, quicker on GPUs and on
            CPUs with AVX512-BF16 or AMX.
        workers: Processes that read batches beside each one that trains; 0 reads in that one.
        schedule: Optimisation.
    """

    name: str = 'run'
    seed: int = 1
    threads: int = 0
    precision: Literal['32-true', 'bf16-mixed'] = '32-true'
    workers: int = 1
    schedule: OptimizationConfig = field(default_factory=OptimizationConfig)

    def inputs(self) -> tuple[Path, ...]:
        """Return the files and folders that a run reads, be they there or not."""
        return ()

    @classmethod
    def load(cls: type[ConfigT], path: Path, overrides: Sequence[str] = ()) -> ConfigT:
        """Read a YAML file.

        Args:
            path: The file; what it leaves out has its default.
            overrides: Entries in its place, such as ``schedule.learning_rate=1e-4``.

        Raises:
            ConfigError: If the file is missing or an entry is unknown or misfit.
        """
        examples = ', '.join(sorted(file.name for file in EXAMPLES.glob('*.yaml')))
        entries = read_entries(path, f'copy one of {EXAMPLES}: {examples}')
        return build(cls, entries, str(path), overrides)
