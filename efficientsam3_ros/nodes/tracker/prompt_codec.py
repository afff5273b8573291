"""``core.Prompt`` to ``efficientsam3_ros/msg/Prompt`` and back; renamings."""

from __future__ import annotations

import math
from typing import Any

from efficientsam3_ros.core import Prompt, PromptError
from efficientsam3_ros.core.prompt import MAX_CONCEPT_CHARACTERS
from efficientsam3_ros.tracking.prompts.prompt_set import concept_key


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


def read_renaming(request: Any) -> dict[str, str]:
    """Read which concepts of a ``SetPrompts`` request are others under new names.

    Returns:
        Old concept to new one.

    Raises:
        PromptError: If there is not one old concept (or ``''``) for each prompt, one is renamed
            twice, or the tracks shall be handed over and forgotten.
    """
    if not request.renamed_from:
        return {}
    if len(request.renamed_from) != len(request.prompts):
        raise PromptError(
            f'renamed_from holds {len(request.renamed_from)} entries for {len(request.prompts)} '
            "prompts; give one for each, '' where a prompt is not renamed, or leave it out."
        )
    renamed: dict[str, str] = {}
    for name, prompt in zip(request.renamed_from, request.prompts):
        old, new = concept_key(name), prompt.concept
        if old and concept_key(renamed.setdefault(old, new)) != concept_key(new):
            raise PromptError(
                f'"{name}" is renamed to "{renamed[old]}" and to "{new}", but its tracks can '
                'belong to one of them only.'
            )
    if renamed and request.reset_tracks:
        raise PromptError(
            'renamed_from hands tracks over and reset_tracks forgets them; leave one out.'
        )
    return renamed


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
            f'"{concept[:MAX_CONCEPT_CHARACTERS]}": {name} holds {len(numbers)} numbers; each '
            f'needs {size} of them.'
        )
    return [tuple(numbers[i : i + size]) for i in range(0, len(numbers), size)]
