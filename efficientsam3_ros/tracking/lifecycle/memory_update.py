"""What a frame adds to the video memory; taken in once its result is on its way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from efficientsam3_ros.engine import Value
from efficientsam3_ros.tracking.association.observations import Observations
from efficientsam3_ros.tracking.lifecycle.memory_admission import admit
from efficientsam3_ros.tracking.lifecycle.update import Decision
from efficientsam3_ros.tracking.memory.object_memory import ObjectMemory, View


@dataclass(frozen=True, eq=False)
class MemoryUpdate:
    """Chosen while the tracks are as before the frame, encoded after they have changed.

    Nothing of a frame's result depends on its own views, so the result need not wait for them.

    Attributes:
        memory: Takes the views in.
        features: Feature levels of the frame.
        views: What is worth remembering.
        dispensable: Remembered objects that are forgotten for new ones, the first one first.
        propagated: Objects that were propagated to the frame.
        frame: Frame number.
    """

    memory: ObjectMemory
    features: Mapping[str, Value]
    views: Sequence[View]
    dispensable: Sequence[int]
    propagated: Collection[int]
    frame: int

    @classmethod
    def choose(
        cls,
        memory: ObjectMemory,
        features: Mapping[str, Value],
        decision: Decision,
        observations: Observations,
        lost: Sequence[int],
        force_conditioning: Collection[int],
    ) -> MemoryUpdate:
        """Choose what is remembered of a frame.

        Args:
            memory: The video memory.
            features: Feature levels of the frame.
            decision: What the frame means for the tracks.
            observations: What the frame shows.
            lost: Tracks that are lost, the one longest out of sight first.
            force_conditioning: Tracks whose next strong detection is a conditioning view.
        """
        dispensable = [i for i in lost if i in memory.ring and not decision.tracks[i].visible]
        room = memory.room + len(dispensable)
        views = admit(decision, observations, memory, room, force_conditioning)
        propagated = observations.memory_predictions.keys()
        return cls(memory, features, views, dispensable, propagated, observations.frame)

    @property
    def conditioned(self) -> set[int]:
        """The tracks that get a conditioning view."""
        return {view.track_id for view in self.views if view.conditioning}

    def apply(self) -> None:
        """Encode the views and take them in.

        Raises:
            EngineError: If the graph fails; no view is remembered then.
        """
        latents = self.memory.encode(self.features, self.views)
        self.memory.keep(self.views, latents, self.frame, self.dispensable)
        self.memory.ring.note_propagated(self.propagated, self.frame)
