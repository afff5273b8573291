"""What the robot is asked to look for."""

from __future__ import annotations

from dataclasses import dataclass
import math
import re

MAX_CONCEPT_CHARACTERS = 200


class PromptError(ValueError):
    """A prompt that cannot be served; the message says why and what would do."""


@dataclass(frozen=True)
class Prompt:
    """A concept in words, optionally with exemplars on the current frame.

    Attributes:
        concept: Noun phrase, 1..200 characters after trimming, e.g. ``'red mug'``.
        threshold: Score from which a detection counts, 0..1; NaN takes the tracker's default.
        boxes: Exemplar boxes (cx, cy, w, h), each 0..1 of the image size.
        box_labels: 1 positive, 0 negative, one for each box.
        points: Exemplar points (x, y), each 0..1 of the image size.
        point_labels: 1 positive, 0 negative, one for each point.

    Raises:
        PromptError: If the concept is empty or over-long, or numbers are out of range.
    """

    concept: str
    threshold: float = float('nan')
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    box_labels: tuple[int, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    point_labels: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, 'concept', ' '.join(self.concept.split()))
        if not self.concept:
            raise PromptError('The concept is empty; give a noun phrase such as "red mug".')
        if len(self.concept) > MAX_CONCEPT_CHARACTERS:
            raise PromptError(
                f'The concept has {len(self.concept)} characters, at most '
                f'{MAX_CONCEPT_CHARACTERS} are served; shorten it to a noun phrase.'
            )
        if not math.isnan(self.threshold) and not 0.0 <= self.threshold <= 1.0:
            raise PromptError(f'Threshold {self.threshold} of "{self.concept}" is not in 0..1.')
        self._check_exemplars()

    def _check_exemplars(self) -> None:
        if len(self.boxes) != len(self.box_labels) or len(self.points) != len(self.point_labels):
            raise PromptError(f'"{self.concept}": every box and every point needs one label.')
        numbers = [v for item in (*self.boxes, *self.points) for v in item]
        if any(not math.isfinite(v) or not 0.0 <= v <= 1.0 for v in numbers):
            raise PromptError(
                f'"{self.concept}": exemplar coordinates are fractions of the image, 0..1.'
            )
        if any(label not in (0, 1) for label in (*self.box_labels, *self.point_labels)):
            raise PromptError(f'"{self.concept}": exemplar labels are 1 (positive) or 0.')

    @property
    def has_exemplars(self) -> bool:
        """Whether boxes or points accompany the words."""
        return bool(self.boxes or self.points)


def parse_prompts(text: str) -> tuple[Prompt, ...]:
    """Split one line into prompts, as operators type it.

    Commas, semicolons, full stops and line ends separate; ``'a red mug. screwdriver'`` gives
    two prompts. A leading article is dropped, repetitions are kept once.

    Raises:
        PromptError: If nothing is left.
    """
    seen: dict[str, Prompt] = {}
    for part in re.split(r'[,;.\n]+', text):
        concept = re.sub(r'^\s*(?:an?|the)\s+', '', part, flags=re.IGNORECASE).strip()
        if concept:
            prompt = Prompt(concept)
            seen.setdefault(prompt.concept, prompt)
    if not seen:
        raise PromptError('No concept found; write for example "red mug, screwdriver".')
    return tuple(seen.values())
