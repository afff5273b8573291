"""A simulated tabletop clip as a sequence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.datasets.sequence import TruthKind
from efficientsam3_ros.datasets.simulated.film_digest import film_digest
from efficientsam3_ros.evaluation.clip import Clip
from efficientsam3_ros.evaluation.simulated_clips import simulated_clip
from efficientsam3_ros.simulation import TabletopConfig


@dataclass(eq=False)
class SimulatedSequence:
    """A clip that is rendered when it is first needed, see ``Sequence``.

    The one sequence that lies in memory as a whole: a clip is short, and rendering it once for
    pictures and once for truth would double its cost.

    Attributes:
        config: What to simulate.
        cache: Folder of rendered clips; None renders anew in each process.
    """

    config: TabletopConfig
    cache: Path | None = None

    source = 'simulation'
    truth_kind = TruthKind.CONCEPTS
    notes: tuple[str, ...] = ()

    def __getstate__(self) -> dict[str, object]:
        return {'config': self.config, 'cache': self.cache}

    @property
    def name(self) -> str:
        """Split and seed."""
        return f'{self.config.split}-{self.config.seed}'

    @property
    def digest(self) -> str:
        """Key of the settings and of the simulator's source."""
        return film_digest(self.config)

    @property
    def concepts(self) -> tuple[str, ...]:
        """What is asked, the absent concepts last."""
        return self._clip.concepts

    @property
    def expected_frames(self) -> int:
        """Number of frames."""
        return self.config.frames

    @cached_property
    def _clip(self) -> Clip:
        return simulated_clip(self.config, self.cache)

    def frames(self) -> Iterator[Frame]:
        """Yield the rendered frames."""
        return self._clip.frames()

    def truth(self) -> Iterator[FrameResult | None]:
        """Yield the exact truth."""
        return self._clip.truth()
