"""Overlay video and pictures of chosen frames, in one pass over the source."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from itertools import islice, zip_longest
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.core import FrameResult
from efficientsam3_ros.core.frame_rate import frame_rate
from efficientsam3_ros.core.pictures.overlay import draw_overlay
from efficientsam3_ros.core.writing.overlay_video import OverlayVideo
from efficientsam3_ros.datasets.sequence import Sequence as FrameSequence
from efficientsam3_ros.datasets.sequence import TruthKind
from efficientsam3_ros.evaluation.run.prediction import Prediction

_OUTLINE = (255, 255, 255)
_WIDEST = 640


def paint(
    sequence: FrameSequence, prediction: Prediction, video: Path | None, chosen: Sequence[int]
) -> list[bytes]:
    """Write the overlay video and return PNG pictures of some frames, the truth outlined in white.

    Args:
        sequence: The source.
        prediction: What the tracker said of it.
        video: New file, None for no video.
        chosen: Frame numbers of the pictures.

    Returns:
        PNG bytes in the order of ``chosen``.
    """
    found: dict[int, bytes] = {}
    count = len(prediction.results) if video else max(chosen, default=-1) + 1
    labeled = sequence.truth_kind is not TruthKind.NONE
    truths = sequence.truth() if chosen and labeled else iter(())
    frames = islice(zip_longest(sequence.frames(), truths), count)
    rate = frame_rate(prediction.stamps_ns)
    with ExitStack() as stack:
        film = stack.enter_context(OverlayVideo(video, rate)) if video else None
        for index, (result, (frame, truth)) in enumerate(zip(prediction.results, frames)):
            if frame is None:
                break
            picture = frame.rgb if result is None else draw_overlay(frame.rgb, result)
            if film is not None:
                film.add(picture, prediction.stamps_ns[index])
            if index in chosen:
                found[index] = _png(picture, truth)
    return [found[index] for index in chosen if index in found]


def _png(picture: np.ndarray, truth: FrameResult | None) -> bytes:
    picture = np.ascontiguousarray(picture).copy()
    for item in truth.instances if truth else ():
        outline, _ = cv2.findContours(
            item.mask.decode().astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
        )
        cv2.drawContours(picture, outline, -1, _OUTLINE, 1)
    if picture.shape[1] > _WIDEST:
        size = (_WIDEST, round(picture.shape[0] * _WIDEST / picture.shape[1]))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    _, data = cv2.imencode('.png', cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return bytes(data)
