"""The prompts of the node, whichever way they came; they outlive cleanup and configure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from efficientsam3_ros.core import Prompt
from efficientsam3_ros.tracking import ConceptTracker
from efficientsam3_ros.tracking.live.pipeline import Pipeline

NONE = (
    'No prompts are in force, so nothing is looked for; set some, for example: ros2 param set '
    '<node> prompts "red mug, screwdriver".'
)


@dataclass(frozen=True)
class Answer:
    """What to say about a change of prompts.

    Attributes:
        summary: How many are in force, and which.
        concerns: What speaks against finding anything; empty if nothing does.
    """

    summary: str
    concerns: str

    @property
    def text(self) -> str:
        """Both in one line."""
        return ' '.join(filter(None, (self.summary, self.concerns)))

    def log(self, logger: Any) -> None:
        """Write it to a logger of rclpy."""
        if self.summary:
            logger.info(self.summary)
        if self.concerns:
            logger.warning(self.concerns)


class PromptKeeper:
    """Replaces the tracker's prompts and remembers them.

    Args:
        wanted: What is looked for at first.
        changed: Called with the concepts in force after every change.

    Attributes:
        wanted: What the tracker looks for, or is to look for once it is configured.
    """

    def __init__(self, wanted: Sequence[Prompt], changed: Callable[[Sequence[str]], None]) -> None:
        self.wanted = tuple(wanted)
        self._changed = changed

    def for_a_new_tracker(self) -> tuple[Prompt, ...]:
        """Return the prompts without exemplars, whose image is gone with the last tracker."""
        self.wanted = tuple(_words(prompt) for prompt in self.wanted)
        return self.wanted

    def replace(
        self,
        pipeline: Pipeline,
        prompts: Sequence[Prompt],
        reset: bool = False,
        renamed: Mapping[str, str] | None = None,
        stamp_ns: int = 0,
    ) -> Answer:
        """Let the tracker look for other prompts.

        Args:
            pipeline: Runs the tracker.
            prompts: As for ``ConceptTracker.set_prompts``.
            reset: The same.
            renamed: The same.
            stamp_ns: Stamp of the image on which new exemplars lie; 0 for the next one.

        Raises:
            PromptError: If they cannot be served, or that image is gone; nothing changes then.
            RuntimeError: If the pipeline does not run.
            TimeoutError: If the tracker is busy for too long.
        """

        def change(tracker: ConceptTracker) -> tuple[Prompt, ...]:
            shown_on = pipeline.recent(stamp_ns) if stamp_ns else None
            tracker.set_prompts(prompts, reset, renamed, shown_on)
            return tracker.prompts

        self.wanted = pipeline.call(change)
        concepts = [prompt.concept for prompt in self.wanted]
        self._changed(concepts)
        return Answer(in_force(concepts), self.concerns(pipeline))

    def concerns(self, pipeline: Pipeline) -> str:
        """Return what speaks against finding anything with the prompts; empty if nothing does."""
        if not self.wanted:
            return NONE
        return unknown_words(pipeline.call(lambda tracker: tracker.unknown_words))


def in_force(concepts: Sequence[str]) -> str:
    """Return how many prompts count, and which."""
    if not concepts:
        return ''
    count = '1 prompt is' if len(concepts) == 1 else f'{len(concepts)} prompts are'
    return f'{count} in force from the next image on: {", ".join(concepts)}.'


def unknown_words(of_concepts: Mapping[str, Sequence[str]]) -> str:
    """Return a warning of words that the model has never seen; empty if there are none."""
    unknown = sorted({word for words in of_concepts.values() for word in words})
    if not unknown:
        return ''
    return f'The model has never seen the words {", ".join(unknown)}; expect little of them.'


def _words(prompt: Prompt) -> Prompt:
    return replace(prompt, boxes=(), box_labels=(), points=(), point_labels=())
