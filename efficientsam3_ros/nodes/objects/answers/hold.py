"""When a goal of the action Segment is reached; plain logic without ROS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from efficientsam3_ros.core import FrameResult, Instance, TrackState
from efficientsam3_ros.nodes.objects.scene.target import same_words


@dataclass
class Hold:
    """Looks at one image after the other until what was asked for is confirmed.

    Attributes:
        phrases: What is asked for; empty: anything that the tracker looks for.
        version: Results of earlier prompts do not count.
        stamp_ns: Images before this do not count, nanoseconds.
        accept_new: Whether an object counts before it is confirmed.
        all_phrases: Whether each phrase needs an object.
        min_pixels: Smaller masks do not count.
        frames: Images that counted.
        seen: Objects on the last one that answer.
        confirmed: Those of them that count.
    """

    phrases: Sequence[str] = ()
    version: int = 0
    stamp_ns: int = 0
    accept_new: bool = False
    all_phrases: bool = False
    min_pixels: int = 1
    frames: int = 0
    seen: tuple[Instance, ...] = ()
    confirmed: tuple[Instance, ...] = ()

    def look(self, result: FrameResult, objects: Sequence[Instance]) -> bool:
        """Look at the objects of an image; tell whether the goal is reached."""
        if result.prompt_version < self.version or result.stamp_ns < self.stamp_ns:
            return False
        self.frames += 1
        fitting = [item for item in objects if self._answers(item)]
        self.seen = tuple(sorted(fitting, key=lambda item: -item.score))
        self.confirmed = tuple(
            item for item in self.seen if self.accept_new or item.state is TrackState.TRACKED
        )
        return bool(self.confirmed) and not (self.all_phrases and self.missing())

    def missing(self) -> list[str]:
        """Return the phrases that have no confirmed object."""
        return [
            phrase
            for phrase in self.phrases
            if not any(same_words(item.concept, phrase) for item in self.confirmed)
        ]

    @property
    def stage(self) -> str:
        """How far it is, as in the feedback of the action."""
        if not self.frames:
            return 'waiting'
        return 'confirming' if self.seen else 'looking'

    def _answers(self, item: Instance) -> bool:
        if item.area < self.min_pixels:
            return False
        return not self.phrases or any(same_words(item.concept, p) for p in self.phrases)
