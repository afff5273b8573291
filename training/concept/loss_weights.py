"""How much each term of the concept fine-tuning weighs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ConceptLossWeights:
    """Factor of each term; those with ``teacher`` need one, and 0 leaves them out.

    SAM 3's fine-tuning weighs boxes 5 L1 + 2 GIoU (which ``box`` holds already), classes 20,
    presence 20, focal masks 200 and dice 10. Here masks have a cross-entropy over their area,
    which is about forty times as large as its focal loss.

    Several queries a thing learn from ``many_box`` and ``many_score``, which SAM 3 weighs twice as
    much as one query a thing: 2 and 40.

    Attributes:
        box: 5 L1 + 2 GIoU of matched boxes.
        score: Quality focal loss of all queries.
        presence: Cross-entropy of presence.
        mask: Cross-entropy of matched masks over their area.
        dice: Dice of these.
        center: Of the dense map that proposals are picked from, where the student has one.
        semantic: Of its map of what each cell shows.
        dense_box: Of the boxes that its cells give.
        many_box: As ``box``, with several queries a thing.
        many_score: As ``score``, with several queries a thing.
        appearance: Contrast of matched queries of the same things in the frames of a clip.
        teacher_score: Focal distance to the teacher's scores, query by query.
        teacher_presence: Divergence from the teacher's presence.
    """

    box: float = 1.0
    score: float = 20.0
    presence: float = 20.0
    mask: float = 5.0
    dice: float = 10.0
    center: float = 1.0
    semantic: float = 0.5
    dense_box: float = 0.3
    many_box: float = 0.0
    many_score: float = 0.0
    appearance: float = 0.1
    teacher_score: float = 20.0
    teacher_presence: float = 20.0
