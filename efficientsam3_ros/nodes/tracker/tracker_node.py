"""The tracker as a ROS 2 life-cycle node."""

from __future__ import annotations

from typing import Any

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from efficientsam3_ros.core import BundleError
from efficientsam3_ros.engine import EngineError
from efficientsam3_ros.nodes.images.image_subscription import ImageSubscription
from efficientsam3_ros.nodes.images.image_topic import choose_topic
from efficientsam3_ros.nodes.support.attempt import attempt, free
from efficientsam3_ros.nodes.support.autostart import Autostart
from efficientsam3_ros.nodes.support.failures import Failures
from efficientsam3_ros.nodes.support.start import exit_code, run_node
from efficientsam3_ros.nodes.support.throttle import Throttle
from efficientsam3_ros.nodes.tracker.condition import Condition
from efficientsam3_ros.nodes.tracker.diagnostics import Reporter
from efficientsam3_ros.nodes.tracker.parameters import TrackerParameters
from efficientsam3_ros.nodes.tracker.prompt_keeper import PromptKeeper
from efficientsam3_ros.nodes.tracker.prompt_parameter import take_prompts
from efficientsam3_ros.nodes.tracker.prompt_services import REFUSALS, PromptServices
from efficientsam3_ros.nodes.tracker.session import EngineLoader, Session, load_options
from efficientsam3_ros.tracking.lifecycle.ids import IdAllocator
from efficientsam3_ros.tracking.live.pipeline import Pipeline
from efficientsam3_ros.tracking.live.statistics import Statistics

SUCCESS, ERROR = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.ERROR


class TrackerNode(LifecycleNode):
    """Segments and tracks prompted concepts on an image topic.

    Configure loads the network, activate subscribes, cleanup frees everything. A failed
    configure leaves the node unconfigured with the reason in the log and in its diagnostics, and
    so does an engine that fails on ``max_failures`` images in a row.

    Args:
        engine_loader: Called with bundle, backend and the engine's options.
        options: Passed to ``LifecycleNode``.

    Raises:
        ValueError: If a parameter, or the topic that "image" is remapped to, cannot be used.
    """

    def __init__(self, engine_loader: EngineLoader = load_options, **options: Any) -> None:
        super().__init__('tracker', **options)
        self._load_engine = engine_loader
        self._statistics = Statistics()
        self._throttle = Throttle()
        self._session: Session | None = None
        self._subscription: ImageSubscription | None = None
        self._condition = Condition()
        self._numbering = IdAllocator()
        self._failures = Failures(
            self,
            'images',
            'engine and GPU',
            lambda: self._settings.settings.max_failures,
            self._give_up,
        )
        self._settings = TrackerParameters(
            self, self._on_parameters, lambda: self._session is not None
        )
        settings = self._settings.settings
        # Remappings never change: what is wrong with them is told at the start.
        choose_topic(self.resolve_topic_name, settings.image_transport)
        self._prompts = PromptKeeper(settings.parsed_prompts(), self._settings.show_prompts)
        self._prompt_services = PromptServices(self, self._pipeline, self._prompts)
        self._reporter = Reporter(
            self, self._statistics, self._present_condition, settings.diagnostics_period
        )
        if settings.autostart:
            self._starter = Autostart(self)

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the network and create the publishers."""
        faults = (BundleError, EngineError, ValueError)
        return attempt(self._configure, faults, self._note_error, self.get_logger())

    def _configure(self) -> None:
        # Who remembers an id of before must not meet it as another object's.
        self._numbering = self._numbering.successor()
        self._session = Session.open(
            self,
            self._load_engine,
            self._settings,
            self._statistics,
            self._prompts.for_a_new_tracker(),
            self._warn,
            self._failures.note,
            self._numbering,
        )
        concerns = self._prompts.concerns(self._session.pipeline)
        model, topic = self._session.engine.manifest.name, self._session.topic
        self._condition = Condition(model=model, topic=topic.name, kind=topic.kind)
        self.get_logger().info(f'Bundle "{model}" is loaded.')
        if concerns:
            self.get_logger().warning(concerns)

    def _note_error(self, text: str) -> None:
        self._condition = Condition(error=text)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Begin to process images."""
        result = super().on_activate(state)
        session = self._opened()
        self._failures.forget()
        reliability = self._settings.settings.reliability
        self._subscription = session.subscribe(self, reliability, self._statistics.missing)
        self._condition.active = True
        self.get_logger().info(f'Waiting for {session.topic.kind} on {session.topic.name}.')
        return result

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop processing; prompts and tracks are kept, unless the engine has failed."""
        self._unsubscribe()
        if self._failures.reason:
            self._condition.error = self._failures.reason
            self.get_logger().error(self._failures.reason)
            return ERROR
        self._pipeline().pause()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Free the network and the publishers."""
        self.close()
        return SUCCESS

    on_shutdown = on_cleanup

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Return to unconfigured, so that configure can be tried again."""
        error = self._condition.error
        free(self.close, self.get_logger())
        self._condition.error = error
        return SUCCESS

    def close(self) -> None:
        """Free everything that configure and activate made; may be called twice."""
        self._unsubscribe()
        session, self._session = self._session, None
        self._condition = Condition()
        self._failures.forget()
        if session is not None:
            session.close()

    def _opened(self) -> Session:
        if self._session is None:
            raise RuntimeError('The tracker is not configured; run the transition configure.')
        return self._session

    def _pipeline(self) -> Pipeline:
        return self._opened().pipeline

    def _unsubscribe(self) -> None:
        self._condition.active = False
        if self._subscription is not None:
            self._subscription.close()
            self._subscription = None

    def _present_condition(self) -> Condition:
        return self._condition.look(self._settings.settings, self._subscription)

    def _on_parameters(self, names: frozenset[str]) -> None:
        try:
            if 'prompts' in names:
                pipeline = None if self._session is None else self._session.pipeline
                take_prompts(self._settings, self._prompts, pipeline, self.get_logger())
            if self._session is not None:
                self._session.apply(self._settings)
        except REFUSALS as error:
            self.get_logger().error(f'The change cannot take effect: {error}')

    def _give_up(self) -> None:
        if self._condition.active:
            self.trigger_deactivate()

    def _warn(self, key: str, text: str) -> None:
        if rclpy.ok(context=self.context) and self._throttle.due(key):
            self.get_logger().warning(text)


def main(args: list[str] | None = None, engine_loader: EngineLoader = load_options) -> int:
    """Run the node until it is interrupted; exit 2 if it cannot start with what was given."""
    return exit_code(
        lambda: run_node(lambda: TrackerNode(engine_loader), SingleThreadedExecutor, args)
    )


if __name__ == '__main__':
    raise SystemExit(main())
