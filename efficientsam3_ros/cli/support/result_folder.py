"""What ``track`` and ``demo`` leave behind: video, bag, lines, contact sheet."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, TextIO

import cv2

from efficientsam3_ros.bags import BagWriter
from efficientsam3_ros.bags.topics import INSTANCES_TOPIC
from efficientsam3_ros.cli.support.contact_sheet import ContactSheet
from efficientsam3_ros.core import Frame, FrameResult, Instance
from efficientsam3_ros.core.overlay import draw_overlay
from efficientsam3_ros.core.overlay_video import OverlayVideo

DIGITS = 6


class ResultFolder:
    """Writes frame by frame; closing finishes every file, after an error too.

    ``overlay.mp4``, ``instances.mcap`` (``/tracker/instances``), ``instances.jsonl`` (one line a
    frame, the same bytes for the same results) and ``contact_sheet.png``.

    Args:
        folder: New folder.
        fps: Frames a second of the video.
        video: Whether to write ``overlay.mp4``.
    """

    def __init__(self, folder: Path, fps: float, video: bool = True) -> None:
        self.folder = folder
        self._video = OverlayVideo(folder / 'overlay.mp4', fps) if video else None
        self._sheet = ContactSheet()
        self._start_ns: int | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._bag = BagWriter(folder / 'instances.mcap')
        self._lines: TextIO = (folder / 'instances.jsonl').open('w', encoding='utf-8')

    def __enter__(self) -> ResultFolder:
        self._bag.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._bag.__exit__()
        if self._video is not None:
            self._video.__exit__()
        if self._start_ns is not None:
            sheet = cv2.cvtColor(self._sheet.image(), cv2.COLOR_RGB2BGR)
            cv2.imwrite(str(self.folder / 'contact_sheet.png'), sheet)

    def add(self, frame: Frame, result: FrameResult) -> None:
        """Write one frame's result."""
        self._bag.instances(INSTANCES_TOPIC, result)
        self._lines.write(result_line(result) + '\n')
        if self._start_ns is None:
            self._start_ns = frame.stamp_ns
        picture = draw_overlay(frame.rgb, result)
        self._sheet.add(picture, f't = {(frame.stamp_ns - self._start_ns) / 1e9:.1f} s')
        if self._video is not None:
            self._video.add(picture)


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
