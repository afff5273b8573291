"""Masks of one concept over a sequence, truth beside prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from efficientsam3_ros.core import FrameResult, Instance, Rle

Masks = dict[int, Rle]
"""Id to mask, non-empty ones only."""


@dataclass(frozen=True, eq=False)
class ConceptMasks:
    """One concept of one sequence; both lists have one entry a frame.

    Attributes:
        concept: The phrase; '' stands for all objects whatever they are called.
        truth: Object id to mask; None where the frame is not annotated.
        found: Track id to mask; None where the tracker gave no answer.
        scores: Track id to the mean score of its visible masks, 0..1.
    """

    concept: str
    truth: tuple[Masks | None, ...]
    found: tuple[Masks | None, ...]
    scores: dict[int, float]

    @classmethod
    def of(
        cls,
        concept: str,
        truth: Sequence[FrameResult | None],
        predictions: Sequence[FrameResult | None],
        min_score: float | None = None,
    ) -> ConceptMasks:
        """Pick one concept.

        Args:
            concept: The phrase, '' for all.
            truth: One entry a frame.
            predictions: One entry a frame.
            min_score: Leave out tracks with a lower mean score.
        """
        there, found = _by_id(truth, concept), _by_id(predictions, concept)
        scores = _mean_scores(found)
        if min_score is not None:
            scores = {number: score for number, score in scores.items() if score >= min_score}
        return cls(
            concept,
            tuple(None if f is None else {n: i.mask for n, i in f.items()} for f in there),
            tuple(
                None if f is None else {n: i.mask for n, i in f.items() if n in scores}
                for f in found
            ),
            scores,
        )

    def annotated(self) -> list[tuple[int, Masks, Masks]]:
        """Return (frame, truth, found) of the annotated frames; no answer counts as empty."""
        return [
            (index, there, found or {})
            for index, (there, found) in enumerate(zip(self.truth, self.found))
            if there is not None
        ]


def _by_id(
    results: Sequence[FrameResult | None], concept: str
) -> list[dict[int, Instance] | None]:
    """Return the visible instances of each frame by id.

    An id that appears twice in a frame is a fault of the tracker. The first instance keeps it;
    each further one counts as a track of its own, with a negative id that never returns: an id
    that does not tell two objects apart identifies neither.
    """
    frames: list[dict[int, Instance] | None] = []
    surplus = 0
    for result in results:
        found: dict[int, Instance] = {}
        for item in result.instances if result else ():
            if item.area and (not concept or item.concept == concept):
                number = item.track_id
                if number in found:
                    surplus += 1
                    number = -surplus
                found[number] = item
        frames.append(None if result is None else found)
    return frames


def _mean_scores(frames: Sequence[dict[int, Instance] | None]) -> dict[int, float]:
    scores: dict[int, list[float]] = {}
    for frame in frames:
        for number, item in (frame or {}).items():
            scores.setdefault(number, []).append(item.score)
    return {number: sum(values) / len(values) for number, values in scores.items()}
