"""One picture of real scenes above renderings: some as they are, and one thing of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from efficientsam3_ros.cli.benchmarks.pictures.compared import Compared

WIDTH = 1280
PICTURES, THINGS = 4, 8
"""How many of each source, beside each other."""
_TITLE = 26
_MARGIN = 1.15
_LEAST_AREA = 300


def side_by_side(sources: Mapping[str, Sequence[Compared]]) -> np.ndarray:
    """Return the sheet, uint8 (H, 1280, 3); every source has its name and two rows.

    Args:
        sources: Name to its pictures, at least one; some of them are shown, evenly spaced.
    """
    rows = []
    for name, pictures in sources.items():
        rows.append(_title(name))
        rows.append(_row([item.rgb for item in _evenly(pictures, PICTURES)], PICTURES))
        rows.append(_row([_thing(item) for item in _evenly(pictures, THINGS)], THINGS))
    return np.vstack(rows)


def places(count: int, wanted: int) -> list[int]:
    """Return which of so many to take, evenly spaced; all if there are not more."""
    return [round(place) for place in np.linspace(0, count - 1, min(wanted, count))]


def _evenly(pictures: Sequence[Compared], count: int) -> list[Compared]:
    return [pictures[place] for place in places(len(pictures), count)]


def _thing(picture: Compared) -> np.ndarray:
    """Return a square around the thing of middle size; the middle where nobody tells things.

    Small ones come in their own resolution, larger ones are made smaller with the sheet.
    """
    height, width = picture.rgb.shape[:2]
    side, middle = WIDTH // THINGS, (width / 2, height / 2)
    box = _box(picture.ids)
    if box is not None:
        x, y, w, h = box
        side, middle = max(side, round(_MARGIN * max(w, h))), (x + w / 2, y + h / 2)
    side = min(side, height, width)
    left, top = (
        int(np.clip(round(at - side / 2), 0, size - side))
        for at, size in zip(middle, (width, height))
    )
    return picture.rgb[top : top + side, left : left + side]


def _box(ids: np.ndarray | None) -> tuple[int, int, int, int] | None:
    """Return (x, y, width, height) of the thing with the median area that is not cut off."""
    if ids is None:
        return None
    inner = np.zeros_like(ids)
    inner[1:-1, 1:-1] = ids[1:-1, 1:-1]
    cut = set(np.unique(ids[inner != ids]).tolist())
    numbers, areas = np.unique(ids, return_counts=True)
    things = sorted(
        (int(area), int(number))
        for number, area in zip(numbers, areas)
        if number and area >= _LEAST_AREA and int(number) not in cut
    )
    if not things:
        return None
    _, number = things[len(things) // 2]
    x, y, width, height = cv2.boundingRect((ids == number).astype(np.uint8))
    return x, y, width, height


def _row(images: Sequence[np.ndarray], columns: int) -> np.ndarray:
    """Return images of one width beside each other, as high as the first."""
    width = WIDTH // columns
    height = round(images[0].shape[0] * width / images[0].shape[1])
    row = np.zeros((height, WIDTH, 3), np.uint8)
    for column, image in enumerate(images):
        tile = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        row[:, column * width : (column + 1) * width] = tile
    return row


def _title(text: str) -> np.ndarray:
    strip = np.full((_TITLE, WIDTH, 3), 255, np.uint8)
    cv2.putText(strip, text, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (0, 0, 0), 1, cv2.LINE_AA)
    return strip
