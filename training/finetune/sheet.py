"""One picture of what a bundle finds on held-out pictures."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.core import FrameResult, Prompt
from efficientsam3_ros.core.pictures.overlay import draw_overlay
from efficientsam3_ros.core.writing.picture_file import write_picture
from efficientsam3_ros.datasets.real.asked_picture import AskedPicture
from efficientsam3_ros.engine import load_engine
from efficientsam3_ros.tracking import TrackerConfig
from efficientsam3_ros.tracking.frame_detector import FrameDetector

TILES, COLUMNS = 12, 4
_SIZE = (300, 400)
_OUTLINE = (255, 255, 255)


def draw_sheet(path: Path, bundle: Path, pictures: Sequence[AskedPicture], threads: int) -> None:
    """Write some pictures with answers in color and labels outlined in white.

    Raises:
        OSError: If it cannot be written.
        EngineError: If a graph fails.
    """
    places = np.linspace(0, len(pictures) - 1, min(TILES, len(pictures))).round().astype(int)
    with closing(load_engine(bundle, threads=threads)) as engine:
        detector = FrameDetector(engine, TrackerConfig())
        tiles = [_tile(pictures[place], detector) for place in places]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % min(COLUMNS, len(tiles)))
    columns = min(COLUMNS, len(tiles))
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    write_picture(path, np.vstack(rows))


def _tile(picture: AskedPicture, detector: FrameDetector) -> np.ndarray:
    (frame,), truth = picture.frames(), picture.read().truth
    limit = TrackerConfig().max_prompts
    shown = {item.concept for item in truth.instances}
    # What the picture shows comes first, where there are too many nouns for one detector.
    asked = sorted(picture.concepts, key=lambda concept: concept not in shown)[:limit]
    detector.set_prompts([Prompt(concept) for concept in asked])
    drawn = draw_overlay(frame.rgb, detector.step(frame))
    for line in _outlines(truth):
        cv2.drawContours(drawn, line, -1, _OUTLINE, 1)
    height, width = drawn.shape[:2]
    scale = min(_SIZE[0] / height, _SIZE[1] / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    tile = np.zeros((*_SIZE, 3), np.uint8)
    tile[: size[1], : size[0]] = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
    return tile


def _outlines(truth: FrameResult) -> list[Sequence[np.ndarray]]:
    masks = (item.mask.decode().astype(np.uint8) for item in truth.instances)
    return [cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0] for mask in masks]
