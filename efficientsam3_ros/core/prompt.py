"""What the robot is asked to look for."""

from __future__ import annotations

from dataclasses import dataclass
import math
from numbers import Real
import re
import unicodedata

from efficientsam3_ros.core.errors.one_line import shown

MAX_CONCEPT_CHARACTERS = 200
MAX_LINE_CHARACTERS = 20_000
EDGE = 1e-3
"""How far a box may leave the image, as a fraction of it: rounding, and a mouse at the edge."""


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
        PromptError: If the concept is empty, over-long or holds control characters, numbers are
            out of range, or a box has no area or leaves the image.
    """

    concept: str
    threshold: float = float('nan')
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    box_labels: tuple[int, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    point_labels: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.concept, str):
            raise PromptError(f'A concept is a text such as "red mug", not {shown(self.concept)}.')
        object.__setattr__(self, 'concept', ' '.join(self.concept.split()))
        if not self.concept:
            raise PromptError('The concept is empty; give a noun phrase such as "red mug".')
        if len(self.concept) > MAX_CONCEPT_CHARACTERS:
            raise PromptError(
                f'The concept has {len(self.concept)} characters, at most '
                f'{MAX_CONCEPT_CHARACTERS} are served; shorten it to a noun phrase.'
            )
        if bad := next(filter(_is_no_text, self.concept), None):
            raise PromptError(
                f'The concept {shown(self.concept)} holds the character U+{ord(bad):04X}, which '
                'is no text; type it anew.'
            )
        if not _is_number(self.threshold) or not (
            math.isnan(self.threshold) or 0.0 <= self.threshold <= 1.0
        ):
            raise PromptError(
                f'Threshold {shown(self.threshold)} of "{self.concept}" is not in 0..1.'
            )
        self._check_exemplars()

    def _check_exemplars(self) -> None:
        if len(self.boxes) != len(self.box_labels) or len(self.points) != len(self.point_labels):
            raise PromptError(f'"{self.concept}": every box and every point needs one label.')
        for kind, size, items in (('box', 4, self.boxes), ('point', 2, self.points)):
            for item in items:
                self._check_numbers(kind, size, item)
        for box in self.boxes:
            self._check_box(*box)
        if any(label not in (0, 1) for label in (*self.box_labels, *self.point_labels)):
            raise PromptError(f'"{self.concept}": exemplar labels are 1 (positive) or 0.')

    def _check_numbers(self, kind: str, size: int, item: tuple[float, ...]) -> None:
        if len(item) != size or not all(_is_number(v) and 0.0 <= v <= 1.0 for v in item):
            raise PromptError(
                f'"{self.concept}": the exemplar {kind} {shown(item)} is not {size} numbers that '
                'are fractions of the image, 0..1.'
            )

    def _check_box(self, cx: float, cy: float, w: float, h: float) -> None:
        shown_box = f'the exemplar box (center {cx:g}, {cy:g}, size {w:g} x {h:g})'
        if not (w > 0 and h > 0):
            raise PromptError(f'"{self.concept}": {shown_box} has no area; draw it anew.')
        ends = (cx - w / 2, cy - h / 2, 1 - cx - w / 2, 1 - cy - h / 2)
        if min(ends) < -EDGE:
            raise PromptError(
                f'"{self.concept}": {shown_box} leaves the image, 0..1 each way; cut it off there.'
            )

    @property
    def has_exemplars(self) -> bool:
        """Whether boxes or points accompany the words."""
        return bool(self.boxes or self.points)


def parse_prompts(text: str) -> tuple[Prompt, ...]:
    """Split one line into prompts, as operators type it.

    Commas, semicolons, full stops and line ends separate; ``'a red mug. screwdriver'`` gives
    two prompts. A leading article is dropped, repetitions are kept once.

    Raises:
        PromptError: If nothing is left, or the line is over-long.
    """
    if len(text) > MAX_LINE_CHARACTERS:
        raise PromptError(
            f'The prompts have {len(text)} characters, at most {MAX_LINE_CHARACTERS} are served; '
            'name fewer concepts.'
        )
    seen: dict[str, Prompt] = {}
    for part in re.split(r'[,;.\n]+', text):
        concept = re.sub(r'^\s*(?:an?|the)\s+', '', part, flags=re.IGNORECASE).strip()
        if concept:
            prompt = Prompt(concept)
            seen.setdefault(prompt.concept, prompt)
    if not seen:
        raise PromptError('No concept found; write for example "red mug, screwdriver".')
    return tuple(seen.values())


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_no_text(character: str) -> bool:
    """Tell whether it is a control character, half of a pair, or a byte that is not UTF-8."""
    return unicodedata.category(character) in ('Cc', 'Cs')
