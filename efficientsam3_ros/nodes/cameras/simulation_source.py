"""A film of the simulated tabletop: what it shows, and its shots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core import Rle
from efficientsam3_ros.core.settings import check, choice, flag, number, text
from efficientsam3_ros.nodes.images.choices import RELIABILITIES

PACKS = ('clean', 'primitives', 'rich', 'printed')
"""Those of ``simulation.registry`` that need no folder."""


@dataclass(frozen=True)
class CameraSettings:
    """Parameters of the simulated camera; all are fixed at start.

    Raises:
        ValueError: If a value is out of range.
    """

    seed: int = number(7, 0, 2**31, 'Which scene and film.')
    width: int = number(640, 16, 4096, 'Image columns.')
    height: int = number(480, 16, 4096, 'Image rows.')
    rate: float = number(15.0, 0.1, 120.0, 'Images a second.')
    seconds: float = number(
        20.0, 0.1, 3600.0, 'Length of the film; afterwards it begins anew or ends.'
    )
    shown_seconds: float = number(
        0.0,
        0.0,
        3600.0,
        'Show only so much of the film, from its beginning; 0 shows all.',
    )
    loop: bool = flag(True, 'Begin anew after the last image.')
    listeners: int = number(
        0,
        0,
        100,
        'Wait up to 30 s before the first image until so many subscribe to image_raw, and one to '
        'ground_truth if there is any, so that they see all of a film that is shown once.',
    )
    prerender_seconds: float = number(
        0.0,
        0.0,
        60.0,
        'Render a film of this length at start and play it, so that a slow machine holds the '
        'rate; 0 renders live.',
    )
    depth: bool = flag(True, 'Publish depth/image_raw (32FC1, metres); costs a third more.')
    pack: str = choice('clean', PACKS, 'Objects: clean as in training, printed with labels.')
    split: str = text('train', 'Split of the vocabulary: train, unseen_pairs, unseen_nouns.')
    sensor_noise: bool = flag(False, 'Apply the sensor model.')
    concepts: tuple[str, ...] = text(
        (), 'Phrases whose exact masks are published on ground_truth. Blank entries are ignored.'
    )
    frame_id: str = text('camera_color_optical_frame', 'Optical frame of the camera.')
    reliability: str = choice('reliable', RELIABILITIES, 'QoS of the images.')

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class Shot:
    """One image of the film.

    Attributes:
        rgb: uint8 (H, W, 3).
        depth: float32 (H, W), metres, NaN without reading; None when not rendered.
        masks: Object id to mask; empty when no truth is wanted.
    """

    rgb: np.ndarray
    depth: np.ndarray | None
    masks: Mapping[int, Rle]


class Film:
    """Shots of one scene; iterate in one thread, as OpenGL wants.

    Args:
        settings: Which film.

    Attributes:
        settings: Which film.
        frames: How many shots there are.
        intrinsics: The camera.
        phrases: Object id to every phrase that is true of it; empty before the first shot.
    """

    def __init__(self, settings: CameraSettings) -> None:
        from efficientsam3_ros.simulation import TabletopConfig

        self.settings = settings
        seconds = settings.prerender_seconds or settings.seconds
        length = max(1, round(seconds * settings.rate))
        shown = max(1, round((settings.shown_seconds or seconds) * settings.rate))
        self.frames = min(length, shown)
        self._config = TabletopConfig(
            seed=settings.seed,
            width=settings.width,
            height=settings.height,
            fps=settings.rate,
            frames=length,
            pack=settings.pack,
            split=settings.split,
            sensor_noise=settings.sensor_noise,
            depth=settings.depth,
        )
        # The scene is built with its first shot: building it twice would take seconds.
        self.intrinsics = self._config.intrinsics
        self.phrases: Mapping[int, frozenset[str]] = {}

    def shots(self) -> Iterator[Shot]:
        """Yield all shots once."""
        for _, shot in self.chosen(range(self.frames)):
            yield shot

    def chosen(self, numbers: Iterable[int]) -> Iterator[tuple[int, Shot]]:
        """Yield some shots with their numbers.

        Args:
            numbers: Which ones, ascending, asked for one by one; the others are simulated only.
        """
        from efficientsam3_ros.simulation import Tabletop

        with Tabletop(self._config) as scene:
            self.phrases = {item.id: item.phrases for item in scene.objects}
            for seen in scene.film(numbers):
                depth = None
                if seen.depth is not None:
                    depth = np.where(seen.depth > 0, seen.depth, np.float32(np.nan))
                yield seen.index, Shot(seen.rgb, depth, self._masks(seen.ids))

    def _masks(self, ids: np.ndarray) -> Mapping[int, Rle]:
        if not any(concept.strip() for concept in self.settings.concepts):
            return {}
        from efficientsam3_ros.core.id_image import object_masks

        return object_masks(ids)
