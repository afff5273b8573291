"""The simulated tabletop camera: colour, depth, exact instance ids and phrases."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.simulation.camera import sensor
from efficientsam3_ros.simulation.camera.photo_camera import Drawing, PhotoCamera
from efficientsam3_ros.simulation.camera.renderer import SceneRenderer
from efficientsam3_ros.simulation.camera.views import FOVY_DEG
from efficientsam3_ros.simulation.packs.pack import Pack
from efficientsam3_ros.simulation.registry import PACKS, PHOTO_PACKS, find_pack
from efficientsam3_ros.simulation.scene import placement
from efficientsam3_ros.simulation.scene import scene as scenes
from efficientsam3_ros.simulation.scene.addition import Addition
from efficientsam3_ros.simulation.scene.motion import ClipMotion, StillMotion
from efficientsam3_ros.simulation.scene.photo.stage import PhotoStage
from efficientsam3_ros.simulation.scene.scene import SceneObject
from efficientsam3_ros.simulation.scene.selection import choose
from efficientsam3_ros.simulation.scene.stage import PlainStage, Stage
from efficientsam3_ros.simulation.vocabulary import CLEAN_NOUNS, SPLITS

MOTIONS = ('clip', 'still')


@dataclass(frozen=True)
class TabletopConfig:
    """What to simulate; the same config gives the same frames on one machine.

    Attributes:
        seed: Seed of scene, motion, camera, light and noise, each with a child of its own.
        width: Image columns.
        height: Image rows.
        fps: Frames per second of the time stamps and of the motion.
        frames: Number of frames.
        min_objects: Fewest objects.
        max_objects: Most objects.
        pack: 'clean', 'primitives' (no asset file), 'rich' (optional packages), 'printed' (labels
            and prints drawn by code) or 'textured' (meshes of ``assets``); the last two are drawn
            like photographs, noise included.
        split: 'train', 'unseen_pairs' or 'unseen_nouns', see ``vocabulary``.
        sensor_noise: Whether to apply the sensor model to colour and depth.
        motion: 'clip' for a smooth film, 'still' for independent pictures.
        depth: Whether to draw depth; off saves a third of the time.
        field_of_view: Degrees from the image's upper edge to its lower one; half of them show
            things twice as large.
        assets: Folder of meshes, of which 'textured' is made.
        backgrounds: Folder of pictures, of which surfaces of 'textured' scenes are made; without
            it code draws them all.

    Raises:
        ValueError: If a value is out of range.
    """

    seed: int = 7
    width: int = 640
    height: int = 480
    fps: float = 15.0
    frames: int = 60
    min_objects: int = 8
    max_objects: int = 18
    pack: str = 'clean'
    split: str = 'train'
    sensor_noise: bool = False
    motion: str = 'clip'
    depth: bool = True
    field_of_view: float = FOVY_DEG
    assets: Path | None = None
    backgrounds: Path | None = None

    def __post_init__(self) -> None:
        if self.width < 16 or self.height < 16:
            raise ValueError(f'Images must be 16x16 or larger, got {self.width}x{self.height}.')
        if not (self.fps > 0 and self.frames > 0 and self.seed >= 0):
            raise ValueError('fps and frames must be positive and seed must not be negative.')
        if not 1 <= self.field_of_view <= 120:
            raise ValueError(f'field_of_view is 1 to 120 degrees, got {self.field_of_view}.')
        if not 1 <= self.min_objects <= self.max_objects:
            raise ValueError(
                'Give 1 <= min_objects <= max_objects, got '
                f'{self.min_objects} and {self.max_objects}.'
            )
        for value, known in (
            (self.pack, PACKS),
            (self.split, SPLITS),
            (self.motion, MOTIONS),
        ):
            if value not in known:
                raise ValueError(f'{value!r} is not one of {known}.')
        if self.backgrounds is not None and self.pack not in PHOTO_PACKS:
            raise ValueError(
                f'Backgrounds are for the packs {PHOTO_PACKS}, got pack {self.pack!r}.'
            )

    @property
    def intrinsics(self) -> Intrinsics:
        """The camera, in pixels."""
        return Intrinsics.from_fovy(self.width, self.height, self.field_of_view)


@dataclass(frozen=True)
class Observation:
    """One frame.

    Attributes:
        index: Number of the frame, from 0.
        stamp_ns: Time since the start, nanoseconds.
        rgb: uint8 (H, W, 3).
        depth: float32 (H, W), metres along the optical axis, 0 = no reading; None when not drawn.
        ids: uint16 (H, W), object ids, 0 = background.
        pose: float64 (4, 4), camera in the world (table top centre, z up), optical frame.
    """

    index: int
    stamp_ns: int
    rgb: np.ndarray
    depth: np.ndarray | None
    ids: np.ndarray
    pose: np.ndarray

    def visible(self, min_area: float) -> tuple[int, ...]:
        """Return the ids that cover at least ``min_area`` of the image, ascending."""
        return visible_ids(self.ids, min_area)


def visible_ids(ids: np.ndarray, min_area: float) -> tuple[int, ...]:
    """Return the ids that cover at least ``min_area`` of an id image, ascending."""
    counts = np.bincount(ids.ravel())
    enough = np.flatnonzero(counts >= max(1.0, min_area * ids.size))
    return tuple(int(i) for i in enough if i)


@dataclass(frozen=True)
class _View:
    """What is drawn of one frame, before a camera takes it."""

    index: int
    pose: np.ndarray
    rgb: np.ndarray
    geoms: np.ndarray
    depth: np.ndarray | None = None
    drawing: Drawing | None = None


class Tabletop:
    """A table with objects in front of a camera; iterate over it for the frames, then close it.

    Args:
        config: What to simulate.
        addition: What else is in the scene.

    Attributes:
        config: What is simulated.
        objects: What is on the table.
        intrinsics: The camera.
        notes: What users should know of the pack.
        nouns: Of which absent concepts are chosen.

    Raises:
        AssetError: If the pack's files are missing.
        RendererError: If no off-screen OpenGL context can be made.
    """

    def __init__(
        self, config: TabletopConfig = TabletopConfig(), addition: Addition | None = None
    ) -> None:
        self.config = config
        # New children come after the old ones, so that earlier scenes stay what they are.
        seeds = np.random.SeedSequence(config.seed).spawn(7)
        rng, motion, camera, light, self._noise = (np.random.default_rng(s) for s in seeds[:5])
        pack = find_pack(config.pack, config.assets)
        count = int(rng.integers(config.min_objects, config.max_objects + 1))
        chosen = choose(rng, pack.nouns(), config.split, count)
        size = (config.width, config.height)
        film = config.motion == 'clip'
        view = config.field_of_view
        self._scene = scenes.build(
            rng, chosen, pack, self._stage(pack), seeds[5], size, view, film, addition
        )
        placement.place(self._scene, rng, list(range(count)))
        placement.settle(self._scene)
        self._motion = (
            ClipMotion(self._scene, motion, camera, light, config.frames, config.fps)
            if film
            else StillMotion(self._scene, motion, camera, light)
        )
        self._renderer = SceneRenderer(self._scene.model, self._scene.object_of_geom, *size)
        self.objects: tuple[SceneObject, ...] = self._scene.objects
        self.intrinsics = config.intrinsics
        self.notes: tuple[str, ...] = pack.notes
        # Stored bags of plain packs were asked for absent things of the clean one.
        self.nouns = pack.nouns() if pack.look == 'photo' else CLEAN_NOUNS
        self._photo = (
            PhotoCamera(seeds[6], self.intrinsics.fx, config.motion == 'still')
            if pack.look == 'photo'
            else None
        )

    def _stage(self, pack: Pack) -> Stage:
        if pack.look == 'photo':
            return PhotoStage(self.config.backgrounds)
        return PlainStage(pack.surfaces)

    def frames(self, wanted: Container[int] | None = None) -> Iterator[Observation]:
        """Yield the frames in order; a second call continues from the state of the first.

        Args:
            wanted: Numbers of the frames to draw; the others are simulated only.
        """
        for index in range(self.config.frames):
            pose = self._motion.view(index).pose()
            if wanted is not None and index not in wanted:
                continue
            yield self._observation(self._view(index, pose))

    __iter__ = frames

    def film(self, numbers: Iterable[int] | None = None) -> Iterator[Observation]:
        """Yield the same frames, sooner: a thread finishes one while the next one is drawn.

        ``hidden`` is then that of the next frame.

        Args:
            numbers: Which frames, ascending, asked for one by one; all if absent.
        """
        chosen = range(self.config.frames) if numbers is None else numbers
        with ThreadPoolExecutor(1) as finisher:
            coming: Future[Observation] | None = None
            for view in self._views(chosen):
                last, coming = coming, finisher.submit(self._observation, view)
                if last is not None:
                    yield last.result()
            if coming is not None:
                yield coming.result()

    def rehearsal(self) -> Iterator[np.ndarray]:
        """Yield the id image alone of every frame, in a tenth of the time.

        The same config, whatever its image size, gives the same film again.
        """
        for index in range(self.config.frames):
            self._renderer.look(self._scene.data, self._motion.view(index).pose())
            yield self._renderer.ids()

    def hidden(self) -> frozenset[int]:
        """Return the ids of the objects that are not on the table now: fallen or carried away."""
        away = np.flatnonzero(~placement.on_table(self._scene))
        return frozenset(int(i) + 1 for i in away)

    def _views(self, numbers: Iterable[int]) -> Iterator[_View]:
        """Draw some frames, ascending; those between them are simulated only."""
        simulated = 0
        for number in numbers:
            for index in range(simulated, number):
                self._motion.view(index)
            simulated = number + 1
            yield self._view(number, self._motion.view(number).pose())

    def _view(self, index: int, pose: np.ndarray) -> _View:
        """Draw what a perfect camera sees; only this needs OpenGL."""
        self._renderer.look(self._scene.data, pose)
        rgb = self._renderer.rgb()
        if not (self.config.depth or self._photo):
            return _View(index, pose, rgb, self._renderer.geoms())
        geoms, depth = self._renderer.geoms_and_depth()
        drawing = None
        if self._photo:
            table = geoms == self._scene.model.geom('table').id
            drawing = Drawing(rgb, self._renderer.unshadowed_table(), depth, table)
        return _View(index, pose, rgb, geoms, depth, drawing)

    def _observation(self, view: _View) -> Observation:
        rgb, depth = view.rgb, view.depth if self.config.depth else None
        if self._photo is not None and view.drawing is not None:
            rgb = self._photo.picture(view.index, view.drawing)
        elif self.config.sensor_noise:
            rgb = sensor.noisy_rgb(rgb, self._noise)
        if self.config.sensor_noise and depth is not None:
            depth = sensor.noisy_depth(depth, self.intrinsics.fx, self._noise)
        stamp_ns = round(view.index * 1e9 / self.config.fps)
        ids = self._renderer.objects_of(view.geoms)
        return Observation(view.index, stamp_ns, rgb, depth, ids, view.pose)

    def close(self) -> None:
        """Free the OpenGL context."""
        self._renderer.close()

    def __enter__(self) -> Tabletop:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
