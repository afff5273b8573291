"""What a tracker node holds from configure to cleanup."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rclpy.lifecycle import LifecycleNode

from efficientsam3_ros.core import Prompt
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.engine import Engine, EngineOptions, load_engine
from efficientsam3_ros.nodes.images.image_input import image_decoder
from efficientsam3_ros.nodes.images.image_subscription import ImageSubscription
from efficientsam3_ros.nodes.images.image_topic import ImageTopic, choose_topic
from efficientsam3_ros.nodes.tracker.outputs import Outputs
from efficientsam3_ros.nodes.tracker.parameters import TrackerParameters
from efficientsam3_ros.tracking import ConceptTracker
from efficientsam3_ros.tracking.lifecycle.ids import IdAllocator
from efficientsam3_ros.tracking.live.hooks import Hooks
from efficientsam3_ros.tracking.live.pipeline import Pipeline
from efficientsam3_ros.tracking.live.stamps import StampCheck
from efficientsam3_ros.tracking.live.statistics import Statistics
from efficientsam3_ros.tracking.live.track_events import TrackEvents

EngineLoader = Callable[[str, str, EngineOptions], Engine]


def load_options(bundle: str, backend: str, options: EngineOptions) -> Engine:
    """Load a bundle into a backend; see ``load_engine``."""
    return load_engine(bundle, backend, options=options)


@dataclass(frozen=True)
class Session:
    """A loaded network, the running pipeline and the publishers.

    Attributes:
        engine: The loaded network.
        pipeline: Runs the tracker in its own thread.
        outputs: The publishers.
        topic: Where images are taken from.
    """

    engine: Engine
    pipeline: Pipeline
    outputs: Outputs
    topic: ImageTopic

    @classmethod
    def open(
        cls,
        node: LifecycleNode,
        engine_loader: EngineLoader,
        parameters: TrackerParameters,
        statistics: Statistics,
        prompts: Sequence[Prompt],
        warn: Callable[[str, str], None],
        failed: Callable[[int, Exception], None],
        numbering: IdAllocator,
    ) -> Session:
        """Load the network and start the pipeline.

        Args:
            node: Owner of the publishers.
            engine_loader: Loads the network.
            parameters: Of the node.
            statistics: Is told what happens to images.
            prompts: What is looked for first.
            warn: Called with a key and a sentence.
            failed: As of ``Hooks``.
            numbering: Gives the ids.

        Raises:
            BundleError: If the bundle is missing or damaged.
            EngineError: If the backend is unknown, not installed or fails.
            PromptError: If the network cannot read one of the initial prompts.
            ValueError: If the topic of images is none that is read.
        """
        settings = parameters.settings
        topic = choose_topic(node.resolve_topic_name, settings.image_transport)
        engine = engine_loader(settings.bundle, settings.engine, settings.engine_options())
        try:
            tracker = ConceptTracker(engine, parameters.tracking, numbering=numbering)
            tracker.set_prompts(prompts)
        except Exception:
            engine.close()
            raise
        events = TrackEvents(lambda: {track.track_id for track in tracker.tracks})
        outputs = Outputs(node, settings, events)
        clock = node.get_clock()
        hooks = Hooks(
            decode=image_decoder(topic),
            publish=outputs.publish,
            warn=warn,
            now_ns=lambda: int(clock.now().nanoseconds),
            failed=failed,
            changed=outputs.tell_ended,
            paused=outputs.tell_lost,
        )
        check = StampCheck(nanoseconds(settings.max_age), nanoseconds(settings.time_jump))
        pipeline = Pipeline(tracker, hooks, check, statistics)
        pipeline.start()
        session = cls(engine, pipeline, outputs, topic)
        session._show_threshold(parameters)
        return session

    def subscribe(
        self, node: LifecycleNode, reliability: str, missing: Callable[[int], None]
    ) -> ImageSubscription:
        """Begin to hear images; the subscription is the caller's to close.

        Args:
            node: Gets the subscription.
            reliability: The parameter.
            missing: Called with how many images were lost on their way.
        """
        pipeline = self.pipeline
        return ImageSubscription(
            node, self.topic, reliability, pipeline.submit, pipeline.refuse, missing
        )

    def apply(self, parameters: TrackerParameters) -> None:
        """Make changed parameters take effect from the next image on."""
        settings = parameters.settings
        self._show_threshold(parameters)
        self.outputs.overlay_rate = settings.overlay_rate
        self.pipeline.configure(
            parameters.tracking, nanoseconds(settings.max_age), nanoseconds(settings.time_jump)
        )

    def _show_threshold(self, parameters: TrackerParameters) -> None:
        resolved = parameters.tracking.resolved(self.engine.manifest)
        self.outputs.threshold = resolved.detection_threshold

    def close(self) -> None:
        """End the thread, then the tracks, take the publishers away and free the network."""
        self.pipeline.stop()
        self.outputs.close()
        self.engine.close()


def nanoseconds(seconds: float) -> int:
    """Return seconds as whole nanoseconds."""
    return round(seconds * SECOND_NS)
