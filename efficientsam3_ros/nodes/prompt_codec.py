"""``core.Prompt`` to ``efficientsam3_ros/msg/Prompt`` and back."""

from __future__ import annotations

import math
from typing import Any

from efficientsam3_ros.core import Prompt, PromptError


def read_prompt(message: Any) -> Prompt:
    """Read a ``Prompt`` message; a threshold of 0 (left out) takes the default, like NaN.

    Raises:
        PromptError: If the numbers do not group into boxes and points, or a value is invalid.
    """
    boxes = _groups(message.boxes, 4, 'boxes', message.concept)
    points = _groups(message.points, 2, 'points', message.concept)
    return Prompt(
        concept=message.concept,
        threshold=message.threshold or math.nan,
        boxes=tuple((b[0], b[1], b[2], b[3]) for b in boxes),
        box_labels=tuple(message.box_labels),
        points=tuple((p[0], p[1]) for p in points),
        point_labels=tuple(message.point_labels),
    )


def fill_prompt(message: Any, prompt: Prompt) -> Any:
    """Write a prompt into an empty ``Prompt`` message and return it."""
    message.concept = prompt.concept
    message.threshold = float(prompt.threshold)
    message.boxes = [value for box in prompt.boxes for value in box]
    message.box_labels = list(prompt.box_labels)
    message.points = [value for point in prompt.points for value in point]
    message.point_labels = list(prompt.point_labels)
    return message


def _groups(values: Any, size: int, name: str, concept: str) -> list[tuple[float, ...]]:
    numbers = [float(value) for value in values]
    if len(numbers) % size:
        raise PromptError(
            f'"{concept}": {name} holds {len(numbers)} numbers; each needs {size} of them.'
        )
    return [tuple(numbers[i : i + size]) for i in range(0, len(numbers), size)]
