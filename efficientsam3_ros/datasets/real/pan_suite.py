"""A suite of films that are made of real stills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from efficientsam3_ros.datasets.real.picture_suite import Layout
from efficientsam3_ros.datasets.sequence import Sequence
from efficientsam3_ros.datasets.stills.pan import PanFilm


@dataclass(frozen=True)
class PanSuite:
    """Films of scenes in a folder, see ``RealSuite``.

    Attributes:
        name: In ``--suite``.
        about: What it is.
        layout: Where the scenes are.
        asked: Concept to the names that the truth has for it, as in ``PanFilm``: an empty tuple
            stands for all instances; nothing asked shows each object by its box.
        every: A film is made of every "n"th scene, in the order of their names, from the
            first on.
        corrections: Scene to object id to noun: names of the data set that are wrong.
    """

    name: str
    about: str
    layout: Layout
    asked: Mapping[str, tuple[str, ...]]
    every: int = 1
    corrections: Mapping[str, Mapping[int, str]] = field(default_factory=dict)

    def open(self, root: Path) -> list[Sequence]:
        """Return its films; each still is read when it is asked for."""
        scenes = self.layout.open(root, self.name)
        return [
            PanFilm(still, self.asked, self.corrections.get(still.name, {}))
            for still in scenes.stills[:: self.every]
        ]
