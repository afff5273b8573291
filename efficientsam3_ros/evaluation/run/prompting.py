"""What a tracker is asked for on a sequence."""

from __future__ import annotations

from collections.abc import Sequence

from efficientsam3_ros.core import FrameResult, Prompt, Rle
from efficientsam3_ros.datasets.sequence import Sequence as FrameSequence
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind


def prompts_for(
    sequence: FrameSequence, concepts: Sequence[str], exemplars: bool
) -> tuple[Prompt, ...]:
    """Return the prompts of a sequence.

    The user's concepts come first, then the truth's. Objects without words are shown by the box
    that they have in the first frame in which any is in view.

    Args:
        sequence: What is evaluated.
        concepts: What the user asks for; empty leaves it to the truth.
        exemplars: Whether the bundle understands boxes.

    Raises:
        SequenceError: If there is nothing to ask for.
        PromptError: If a concept cannot be served.
    """
    if concepts:
        return tuple(Prompt(concept) for concept in concepts)
    if sequence.concepts:
        return tuple(Prompt(concept) for concept in sequence.concepts)
    if sequence.truth_kind is TruthKind.CONCEPTS:
        raise SequenceError(
            f'The truth of {sequence.name} names no concept; name some with --concepts "red mug".'
        )
    if sequence.truth_kind is TruthKind.NONE:
        raise SequenceError(
            f'{sequence.name} has no ground truth, so nothing says what to look for; name it '
            'with --concepts "red mug" "bowl".'
        )
    if not exemplars:
        raise SequenceError(
            f'The objects of {sequence.name} have no names, and the bundle does not understand '
            'exemplar boxes; name them with --concepts, or take a bundle with an exemplar encoder.'
        )
    return _shown_objects(sequence)


def _shown_objects(sequence: FrameSequence) -> tuple[Prompt, ...]:
    for frame in sequence.truth():
        if frame is not None and any(item.area for item in frame.instances):
            return tuple(
                Prompt(item.concept, boxes=(_box(item.mask, frame),), box_labels=(1,))
                for item in frame.instances
                if item.area
            )
    raise SequenceError(f'No object is ever in view in the truth of {sequence.name}.')


def _box(mask: Rle, frame: FrameResult) -> tuple[float, float, float, float]:
    """Return (cx, cy, w, h) of a mask as fractions of the image."""
    return (
        (mask.x + mask.roi_width / 2) / frame.width,
        (mask.y + mask.roi_height / 2) / frame.height,
        mask.roi_width / frame.width,
        mask.roi_height / frame.height,
    )
