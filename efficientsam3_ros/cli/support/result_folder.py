"""What ``track`` and ``demo`` leave behind: video, bag, lines, contact sheet."""

from __future__ import annotations

from contextlib import ExitStack
import json
import math
from pathlib import Path
import sys
from typing import Any

import cv2
import numpy as np

from efficientsam3_ros.bags import BagWriter
from efficientsam3_ros.bags.topics import INSTANCES_TOPIC
from efficientsam3_ros.cli.support.point_clouds import PointClouds
from efficientsam3_ros.core import Frame, FrameResult, Instance
from efficientsam3_ros.core.pictures.overlay import draw_overlay
from efficientsam3_ros.core.writing.line_file import LineFile
from efficientsam3_ros.core.writing.overlay_video import OverlayVideo
from efficientsam3_ros.core.writing.picture_file import write_picture
from efficientsam3_ros.core.writing.room_to_close import room_to_close

DIGITS = 6
TILES = 12
COLUMNS = 4
TILE_WIDTH = 400


class ResultFolder(ExitStack):
    """Writes frame by frame; closing finishes every file, after an error too.

    Lines are on the disk as they come; film and bag are readable up to where a full disk, or the
    end of the process, cuts them off.

    ``overlay.mp4``, ``instances.mcap`` (``/tracker/instances``), ``instances.jsonl`` (one line a
    frame, the same bytes for the same results) and ``contact_sheet.png``, with clouds beside the
    pictures if there are any.

    Args:
        folder: New folder.
        fps: Frames a second of the video.
        video: Whether to write ``overlay.mp4``.
        clouds: Whether to write the point cloud of each frame; see ``PointClouds``.

    Attributes:
        frames: Number of frames that every file got.
    """

    def __init__(self, folder: Path, fps: float, video: bool = True, clouds: bool = False) -> None:
        super().__init__()
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.frames = 0
        self._begun = False
        self._sheet = ContactSheet(2 if clouds else 1)
        self.push(self._finish)
        film = OverlayVideo(folder / 'overlay.mp4', fps)
        self._video = self.enter_context(film) if video else None
        self._bag = self.enter_context(BagWriter(folder / 'instances.mcap'))
        self._lines = self.enter_context(LineFile(folder / 'instances.jsonl'))
        self.enter_context(room_to_close(folder))
        self._clouds = PointClouds(folder) if clouds else None
        self._start_ns: int | None = None

    def add(self, frame: Frame, result: FrameResult) -> None:
        """Write one frame's result."""
        self._begun = True
        self._bag.instances(INSTANCES_TOPIC, result)
        self._lines.add(result_line(result))
        if self._start_ns is None:
            self._start_ns = frame.stamp_ns
        picture = draw_overlay(frame.rgb, result)
        shown = [picture]
        if self._clouds is not None:
            shown.append(self._clouds.add(frame, result))
        seconds = (frame.stamp_ns - self._start_ns) / 1e9
        self._sheet.add(np.hstack(shown), f't = {seconds:.1f} s')
        if self._video is not None:
            self._video.add(picture, frame.stamp_ns)
        self.frames += 1

    def _finish(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write the sheet, and tell what is missing."""
        try:
            self._sheet.write(self._folder / 'contact_sheet.png')
        except OSError:
            if kind is None:
                raise
        missing = self._missing()
        if missing and kind is None:
            raise OSError(f'{missing}; free some space and run it again.')
        if missing:
            print(f'note: {missing}.', file=sys.stderr)

    def _missing(self) -> str:
        """Return which files are missing, as the beginning of a sentence; '' if none are."""
        names = ['contact_sheet.png', *(['overlay.mp4'] if self._video else [])]
        names += ['instances.jsonl', 'instances.mcap']
        paths = [self._folder / name for name in names if self._begun]
        lost = [str(path) for path in paths if not (path.is_file() and path.stat().st_size)]
        return f'{", ".join(lost)} {"are" if lost[1:] else "is"} missing or empty' if lost else ''


def result_line(result: FrameResult) -> str:
    """Return one frame's result as JSON: sorted keys, numbers of fixed precision."""
    data = {
        'stamp_ns': result.stamp_ns,
        'frame_id': result.frame_id,
        'height': result.height,
        'width': result.width,
        'prompt_version': result.prompt_version,
        'instances': [_instance(item) for item in result.instances],
    }
    return json.dumps(data, sort_keys=True, separators=(',', ':'), ensure_ascii=False)


def _instance(item: Instance) -> dict[str, Any]:
    quality = float(item.mask_quality)
    mask = item.mask
    return {
        'track_id': item.track_id,
        'label': item.label,
        'concept': item.concept,
        'score': round(float(item.score), DIGITS),
        'mask_quality': None if math.isnan(quality) else round(quality, DIGITS),
        'state': item.state.name,
        'age': item.age,
        'area': item.area,
        'roi': {'x': mask.x, 'y': mask.y, 'width': mask.roi_width, 'height': mask.roi_height},
        'counts': [int(count) for count in mask.counts],
    }


class ContactSheet:
    """Evenly spaced pictures of a stream of unknown length, kept in bounded memory.

    Args:
        views: Views side by side that one picture is made of.
    """

    def __init__(self, views: int = 1) -> None:
        self._width, self._columns = TILE_WIDTH * views, max(1, COLUMNS // views)
        self._every = 1
        self._seen = 0
        self._kept: list[tuple[np.ndarray, str]] = []

    def add(self, rgb: np.ndarray, caption: str) -> None:
        """Offer the next picture, uint8 (H, W, 3), with an ASCII caption."""
        if self._seen % self._every == 0:
            height = max(1, round(rgb.shape[0] * self._width / rgb.shape[1]))
            tile = cv2.resize(rgb, (self._width, height), interpolation=cv2.INTER_AREA)
            self._kept.append((np.asarray(tile), caption))
            if len(self._kept) > 2 * TILES:
                self._kept = self._kept[::2]
                self._every *= 2
        self._seen += 1

    def write(self, path: Path) -> None:
        """Write the sheet as a picture; nothing where none was offered."""
        if self._kept:
            write_picture(path, self.image())

    def image(self) -> np.ndarray:
        """Return the sheet, uint8 (H, W, 3) RGB; tiles in reading order."""
        count = min(TILES, len(self._kept))
        chosen = [self._kept[round(i)] for i in np.linspace(0, len(self._kept) - 1, count)]
        height = max(tile.shape[0] for tile, _ in chosen)
        columns = min(self._columns, count)
        shape = (math.ceil(count / columns) * height, columns * self._width, 3)
        sheet = np.zeros(shape, np.uint8)
        for index, (tile, caption) in enumerate(chosen):
            row, column = divmod(index, columns)
            top, left = row * height, column * self._width
            sheet[top : top + tile.shape[0], left : left + self._width] = tile
            place, font = (left + 6, top + height - 8), cv2.FONT_HERSHEY_SIMPLEX
            for color, thickness in (((0, 0, 0), 3), ((255, 255, 255), 1)):
                cv2.putText(sheet, caption, place, font, 0.5, color, thickness, cv2.LINE_AA)
        return sheet
