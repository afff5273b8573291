"""How the scene changes from frame to frame: independent pictures, or one continuous film."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.simulation.camera.views import View, clip_views, random_view
from efficientsam3_ros.simulation.scene import occluder, placement
from efficientsam3_ros.simulation.scene.scene import TIME_STEP, Scene

_FRAMES_PER_LAYOUT = 3
_MOVED_SHARE = 0.5
_PARKED_SHARE = 0.15
_QUICK_SETTLE_STEPS = 120
_PUSHES = 4
_PASSES = 2
_PASS_LENGTH = 0.22
_SIDE = 1.3
_LIFT = 0.25
_LEG = 0.3


@dataclass(frozen=True)
class Push:
    """One object gets a sudden speed towards the middle of the table.

    Attributes:
        time: Share of the clip, 0 to 1.
        draw: Which of the objects on the table, 0 to 1.
        speed: Metres per second.
    """

    time: float
    draw: float
    speed: float

    def apply(self, scene: Scene) -> None:
        """Give the speed to the object."""
        candidates = np.flatnonzero(placement.on_table(scene))
        if not len(candidates):
            return
        index = int(candidates[int(self.draw * len(candidates))])
        inward = -scene.state(index)[:2] + [0.05, 0.02]
        scene.velocity(index)[:2] = self.speed * inward / np.linalg.norm(inward)


class Carry:
    """Lifts one object, holds it far to the side, and puts it down on a free spot.

    Args:
        start: When it is lifted, share of the clip.
        end: When it is put down.
        index: Object, from 0.
        side: -1 or 1, to which side of the table.
    """

    def __init__(self, start: float, end: float, index: int, side: int) -> None:
        self._start, self._end, self._index, self._side = start, end, index, side
        self._home: np.ndarray | None = None
        self._goal: np.ndarray | None = None

    def busy(self, time: float) -> bool:
        """Whether the object is in the air at ``time`` (share of the clip)."""
        return self._start <= time < self._end

    def apply(self, scene: Scene, rng: np.random.Generator, time: float) -> None:
        """Set the object's pose for ``time``; nothing outside of start and end."""
        if not self.busy(time):
            return
        state = scene.state(self._index)
        if self._home is None:
            self._home = state.copy()
        away = np.array([self._side * _SIDE, 0.0, self._home[2] + _LIFT])
        done = (time - self._start) / (self._end - self._start)
        state[3:] = self._home[3:]
        if done < _LEG:
            state[:3] = _arc(self._home[:3], away, done / _LEG)
        elif done < 1 - _LEG:
            state[:3] = away
        else:
            if self._goal is None:
                spot = placement.free_spot(scene, rng, self._index, {self._index})
                self._goal = np.array([*spot, self._home[2] + 0.003])
            state[:3] = _arc(away, self._goal, (done - 1 + _LEG) / _LEG)
        scene.velocity(self._index)[:] = 0


def _arc(start: np.ndarray, end: np.ndarray, share: float) -> np.ndarray:
    smooth = 3 * share**2 - 2 * share**3
    return start + smooth * (end - start) + [0, 0, _LIFT * np.sin(np.pi * smooth)]


class StillMotion:
    """Independent pictures: new view, light and surfaces every frame, a new layout every third.

    Args:
        scene: Scene, settled.
        motion: Randomness of the layouts.
        camera: Randomness of the views.
        light: Randomness of lights and surfaces.
    """

    def __init__(
        self,
        scene: Scene,
        motion: np.random.Generator,
        camera: np.random.Generator,
        light: np.random.Generator,
    ) -> None:
        self._scene = scene
        self._motion, self._camera, self._light = motion, camera, light

    def view(self, index: int) -> View:
        """Change the scene for frame ``index`` and return the view to draw."""
        if index and index % _FRAMES_PER_LAYOUT == 0:
            self._rearrange()
        self._scene.stage.randomize(self._scene.model, self._light)
        shown = placement.on_table(self._scene)
        return random_view(self._camera, self._scene.positions()[shown])

    def _rearrange(self) -> None:
        count = len(self._scene.objects)
        draws = self._motion.random(count)
        moved = [int(i) for i in np.flatnonzero(draws < _MOVED_SHARE)]
        for index in moved:
            placement.park(self._scene, index)
        keep = [i for i in moved if draws[i] > _PARKED_SHARE]
        placement.place(self._scene, self._motion, keep)
        placement.settle(self._scene, _QUICK_SETTLE_STEPS)


class ClipMotion:
    """A film: smooth camera that looks away once, two carries, pushes, and sometimes an occluder.

    Args:
        scene: Scene with an occluder, settled.
        motion: Randomness of the events.
        camera: Randomness of the camera path.
        light: Randomness of lights and surfaces, drawn once.
        frames: Length of the clip.
        fps: Frames per second.
    """

    def __init__(
        self,
        scene: Scene,
        motion: np.random.Generator,
        camera: np.random.Generator,
        light: np.random.Generator,
        frames: int,
        fps: float,
    ) -> None:
        self._scene, self._motion, self._frames = scene, motion, frames
        self._steps = max(1, round(1 / fps / TIME_STEP))
        self._views = clip_views(camera, frames)
        scene.stage.randomize(scene.model, light)
        self._carries = self._plan_carries()
        self._pushes = [
            Push(*motion.uniform([0.05, 0, 0.25], [0.9, 1, 0.6])) for _ in range(_PUSHES)
        ]
        self._passes = motion.uniform(0.1, 0.8, _PASSES if motion.random() < 0.6 else 0)

    def _plan_carries(self) -> list[Carry]:
        shown = np.flatnonzero(placement.on_table(self._scene))
        picked = self._motion.permutation(shown)[:2]
        ends = (self._motion.uniform(0.5, 0.6), self._motion.uniform(0.7, 0.85))
        starts = (self._motion.uniform(0.12, 0.2), self._motion.uniform(0.35, 0.45))
        sides = self._motion.choice([-1, 1], 2)
        plan = zip(starts, ends, picked, sides, strict=False)
        return [Carry(start, end, int(index), int(side)) for start, end, index, side in plan]

    def view(self, index: int) -> View:
        """Advance the film to frame ``index`` and return the view to draw."""
        time, before = index / self._frames, (index - 1) / self._frames
        if index:
            for push in self._pushes:
                if before < push.time <= time:
                    push.apply(self._scene)
            self._scene.step(self._steps)
        for carry in self._carries:
            carry.apply(self._scene, self._motion, time)
        view = self._views[index]
        progress = next((p for p in (time - self._passes) / _PASS_LENGTH if 0 <= p <= 1), -1.0)
        occluder.show(self._scene.model, self._scene.data, view, progress)
        return view
