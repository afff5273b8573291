"""Pictures and a film of attempts: with the mask and the grasp, closed, and held."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.core.writing.overlay_video import OverlayVideo
from efficientsam3_ros.core.writing.picture_file import write_picture

if TYPE_CHECKING:
    from efficientsam3_ros.evaluation.grasps.session import Start
    from efficientsam3_ros.evaluation.grasps.trial import Trial
    from efficientsam3_ros.simulation.grasping.attempt import Watcher

TILE = 200
COLUMNS, ROWS = 2, 10
"""Attempts of one sheet; each has three tiles."""
FPS = 10
_SHOWN_M = 0.32
_CAPTION = 20
_MASK = (40, 220, 90)
_GRASP = (255, 60, 200)
_GOOD, _BAD = (20, 130, 40), (190, 30, 30)


class GraspPictures:
    """Writes ``sheet_00.png``, ... and ``attempts.mp4``; use it as a context manager.

    Only the attempts of one sheet are in memory; a film has the first attempts.

    Args:
        folder: Where they go.
        filmed: Attempts in the film.
    """

    def __init__(self, folder: Path, filmed: int) -> None:
        self._folder, self._filmed = folder, filmed
        self._rows: list[np.ndarray] = []
        self._sheets = 0
        self._tiles: list[np.ndarray] = []
        self._film = OverlayVideo(folder / 'attempts.mp4', FPS)

    def __enter__(self) -> GraspPictures:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._write_sheet()
        finally:
            self._film.close()

    def announce(self, start: Start) -> Watcher:
        """Draw what is known before an attempt; return what watches it."""
        from efficientsam3_ros.simulation.grasping.attempt import DURATION_S, LOOK_S

        view = _Crop.of(start)
        self._tiles = [view.cut(drawn(start))]
        taken, last = set[str](), [-1.0]

        def watch(phase: str, seconds: float) -> None:
            closed = phase == 'lift' and 'lift' not in taken
            ended = seconds > DURATION_S - 1.5 * LOOK_S and 'end' not in taken
            filmed = self._filmed > 0 and seconds - last[0] >= 1 / FPS
            if not (closed or ended or filmed):
                return
            picture = start.table.now(start.seen.pose)
            if closed or ended:
                taken.add('lift' if closed else 'end')
                self._tiles.append(view.cut(picture))
            if filmed:
                last[0] = seconds
                self._film.add(picture)

        return watch

    def add(self, trial: Trial) -> None:
        """Take over the pictures of an attempt that ended; nothing where there was none."""
        if not self._tiles:
            return
        self._filmed -= 1
        text = f'{trial.seed} {trial.phrase}, {trial.masks} mask: {trial.result}'
        self._rows.append(_row(self._tiles, text, _GOOD if trial.held else _BAD))
        self._tiles = []
        if len(self._rows) == COLUMNS * ROWS:
            self._write_sheet()

    def _write_sheet(self) -> None:
        if not self._rows:
            return
        blank = np.full_like(self._rows[0], 255)
        cells = self._rows + [blank] * (-len(self._rows) % COLUMNS)
        lines = [np.hstack(cells[i : i + COLUMNS]) for i in range(0, len(cells), COLUMNS)]
        write_picture(self._folder / f'sheet_{self._sheets:02}.png', np.vstack(lines))
        self._sheets += 1
        self._rows = []


def drawn(start: Start) -> np.ndarray:
    """Return the picture with mask and hand, uint8 (H, W, 3)."""
    picture = start.seen.rgb.copy()
    half = picture[start.mask].astype(np.float32) * 0.5 + np.array(_MASK) * 0.5
    picture[start.mask] = half.astype(np.uint8)
    grasp = start.planned.grasp
    if grasp is None:
        return picture
    side, back = grasp.width / 2, -0.06
    path = [[0, -side, 0], [0, -side, back], [0, side, back], [0, side, 0]]
    stem = [[0, 0, back], [0, 0, 2 * back]]
    for line in (path, stem):
        points = _projected(start.table.intrinsics, _moved(grasp.pose, np.array(line)))
        cv2.polylines(picture, [np.rint(points).astype(np.int32)], False, _GRASP, 2, cv2.LINE_AA)
    return picture


class _Crop:
    """A square around the place of a grasp, as wide as 32 cm are there."""

    def __init__(self, left: int, top: int, side: int) -> None:
        self._left, self._top, self._side = left, top, side

    @classmethod
    def of(cls, start: Start) -> _Crop:
        assert start.planned.grasp is not None
        camera, place = start.table.intrinsics, start.planned.grasp.pose[None, :3, 3]
        column, row = _projected(camera, place)[0]
        side = round(min(camera.fx * _SHOWN_M / place[0, 2], camera.height, camera.width))
        left = int(np.clip(column - side / 2, 0, camera.width - side))
        # The lift goes up, so there is more to see above.
        top = int(np.clip(row - 0.62 * side, 0, camera.height - side))
        return cls(left, top, side)

    def cut(self, picture: np.ndarray) -> np.ndarray:
        """Return the square, uint8 (TILE, TILE, 3)."""
        end = self._top + self._side, self._left + self._side
        square = picture[self._top : end[0], self._left : end[1]]
        return np.asarray(cv2.resize(square, (TILE, TILE), interpolation=cv2.INTER_AREA))


def _row(tiles: list[np.ndarray], text: str, color: tuple[int, int, int]) -> np.ndarray:
    missing = [np.full((TILE, TILE, 3), 255, np.uint8)] * (3 - len(tiles))
    strip = np.full((_CAPTION, 3 * TILE, 3), 255, np.uint8)
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(strip, text, (4, 14), font, 0.45, color, 1, cv2.LINE_AA)
    return np.vstack([strip, np.hstack([*tiles, *missing])])


def _moved(pose: np.ndarray, points: np.ndarray) -> np.ndarray:
    return np.asarray(points @ pose[:3, :3].T + pose[:3, 3])


def _projected(camera: Intrinsics, points: np.ndarray) -> np.ndarray:
    """Return columns and rows, float64 (N, 2), of points in front of the camera."""
    flat = points @ camera.matrix().T
    return np.asarray(flat[:, :2] / flat[:, 2:])
