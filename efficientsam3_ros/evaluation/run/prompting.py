"""What a tracker is asked for on a sequence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from efficientsam3_ros.core import FrameResult, Instance, Prompt, Rle
from efficientsam3_ros.datasets.sequence import Sequence as FrameSequence
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind


@dataclass(frozen=True)
class LatePrompt(Prompt):
    """A prompt that a tracker is given before a certain frame, on which its exemplars lie.

    Attributes:
        since_ns: Stamp of that frame; results count from it on.
    """

    since_ns: int = 0


class PromptFeed:
    """Gives a tracker each prompt when its frame comes.

    Args:
        prompts: All of them; those that are not late are given at once.
        tell: Takes the whole set that is in force from the next frame on.

    Raises:
        PromptError: If the model cannot serve them.
    """

    def __init__(
        self, prompts: Sequence[Prompt], tell: Callable[[Sequence[Prompt]], object]
    ) -> None:
        self._prompts = prompts
        self._tell = tell
        self._given = [prompt for prompt in prompts if not isinstance(prompt, LatePrompt)]
        tell(self._given)

    def before(self, stamp_ns: int) -> None:
        """Give what is due before the frame with this stamp."""
        if len(self._given) == len(self._prompts):
            return
        due = [p for p in self._prompts if not isinstance(p, LatePrompt) or p.since_ns <= stamp_ns]
        if len(due) > len(self._given):
            self._given = due
            self._tell(due)


def prompts_for(
    sequence: FrameSequence, concepts: Sequence[str], exemplars: bool
) -> tuple[Prompt, ...]:
    """Return the prompts of a sequence.

    The user's concepts come first, then the truth's. Objects without words are shown by their
    box, each in the first annotated frame in which it is in view, as the benchmarks of video
    object segmentation do.

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
    found: dict[str, Prompt] = {}
    for index, frame in enumerate(sequence.truth()):
        if frame is None:
            continue
        for item in frame.instances:
            if item.area and item.concept not in found:
                found[item.concept] = _shown(item, frame, late=index > 0)
    if not found:
        raise SequenceError(f'No object is ever in view in the truth of {sequence.name}.')
    return tuple(found.values())


def _shown(item: Instance, frame: FrameResult, late: bool) -> Prompt:
    boxes = (_box(item.mask, frame),)
    if late:
        return LatePrompt(item.concept, boxes=boxes, box_labels=(1,), since_ns=frame.stamp_ns)
    return Prompt(item.concept, boxes=boxes, box_labels=(1,))


def _box(mask: Rle, frame: FrameResult) -> tuple[float, float, float, float]:
    """Return (cx, cy, w, h) of a mask as fractions of the image."""
    return (
        (mask.x + mask.roi_width / 2) / frame.width,
        (mask.y + mask.roi_height / 2) / frame.height,
        mask.roi_width / frame.width,
        mask.roi_height / frame.height,
    )
