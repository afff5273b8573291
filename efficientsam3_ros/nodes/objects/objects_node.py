"""The objects node: what the tracker sees, in three dimensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rclpy
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from efficientsam3_ros.nodes.objects.answers.prompts import PromptClient
from efficientsam3_ros.nodes.objects.answers.segment_action import SegmentAction
from efficientsam3_ros.nodes.objects.answers.target_services import TargetServices
from efficientsam3_ros.nodes.objects.diagnostics import Reporter
from efficientsam3_ros.nodes.objects.frames.transforms import Transforms, open_transforms
from efficientsam3_ros.nodes.objects.health import Report, Watch
from efficientsam3_ros.nodes.objects.inputs import Inputs
from efficientsam3_ros.nodes.objects.parameters import ObjectParameters
from efficientsam3_ros.nodes.objects.session import Session
from efficientsam3_ros.nodes.objects.settings import ObjectSettings
from efficientsam3_ros.nodes.support.attempt import attempt, free
from efficientsam3_ros.nodes.support.autostart import Autostart
from efficientsam3_ros.nodes.support.failures import Failures
from efficientsam3_ros.nodes.support.start import exit_code, run_node
from efficientsam3_ros.nodes.support.steady_executor import SteadyExecutor
from efficientsam3_ros.nodes.support.throttle import Throttle

SUCCESS, ERROR = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.ERROR

# Messages, an answer with grasps, an action, and what either waits for.
_THREADS = 4


class ObjectsNode(LifecycleNode):
    """Clouds, boxes and grasps of what the tracker sees.

    Configure makes the publishers, activate subscribes, cleanup frees everything. A failed
    configure leaves the node unconfigured with the reason in the log and in its diagnostics, and
    so does an unexpected error on ``max_failures`` results in a row.

    Args:
        open_frames: Returns transforms for a node and a timeout in seconds.
        options: Passed to ``LifecycleNode``.

    Raises:
        ValueError: If a parameter cannot be used.
    """

    def __init__(
        self,
        open_frames: Callable[[LifecycleNode, float], Transforms] = open_transforms,
        **options: Any,
    ) -> None:
        super().__init__('objects', **options)
        self._open_frames = open_frames
        self._throttle = Throttle()
        self._watch = Watch()
        self._session: Session | None = None
        self._inputs: Inputs | None = None
        self._prompts: PromptClient | None = None
        self._error = ''
        self._failures = Failures(
            self, 'results', 'the log', lambda: self.settings.max_failures, self._give_up
        )
        self._declared = ObjectParameters(self, lambda: self._session is not None)
        self._reporter = Reporter(self, self._present_report, self.settings.diagnostics_period)
        self._target_services = TargetServices(self, self)
        self._segment = SegmentAction(self, self, lambda: self._prompts)
        if self.settings.autostart:
            self._starter = Autostart(self)

    @property
    def settings(self) -> ObjectSettings:
        """The parameters in force."""
        return self._declared.settings

    @property
    def session(self) -> Session | None:
        """What is held while the node is configured."""
        return self._session

    @property
    def is_active(self) -> bool:
        """Whether messages are processed."""
        return self._inputs is not None

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Make the publishers, and listen to TF where a frame is asked for."""
        return attempt(self._configure, (ValueError,), self._note_error, self.get_logger())

    def _configure(self) -> None:
        self._session = self._open()
        self._prompts = PromptClient(self, self.settings.tracker)
        self._error = ''

    def _note_error(self, text: str) -> None:
        self._error = text

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Begin to process messages."""
        result = super().on_activate(state)
        if self._session is None:
            raise RuntimeError('The node is not configured; run the transition configure.')
        self._failures.forget()
        self._session.resume()
        self._inputs = Inputs(self, self._session, self.settings.reliability)
        topics = self._session.topics
        self.get_logger().info(
            f'Waiting for results on {topics.instances}, color on {topics.image.name}, depth on '
            f'{topics.depth.name} and {self.resolve_topic_name("camera_info")}.'
        )
        return result

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop processing."""
        self._unsubscribe()
        if self._failures.reason:
            self._error = self._failures.reason
            self.get_logger().error(self._error)
            return ERROR
        if self._session is not None:
            self._session.pause()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Free everything."""
        self.close()
        return SUCCESS

    on_shutdown = on_cleanup

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Return to unconfigured, so that configure can be tried again."""
        error = self._error
        free(self.close, self.get_logger())
        self._error = error
        return SUCCESS

    def close(self) -> None:
        """Free everything that configure and activate made; may be called twice."""
        self._unsubscribe()
        session, self._session = self._session, None
        prompts, self._prompts = self._prompts, None
        self._error = ''
        self._failures.forget()
        if session is not None:
            session.close()
        if prompts is not None:
            prompts.close()

    def destroy_node(self) -> None:
        """Take the action server from the node, then the node itself."""
        self._segment.destroy()
        super().destroy_node()

    def warn(self, key: str, text: str) -> None:
        """Log a warning; the rate is bounded by key."""
        if rclpy.ok(context=self.context) and self._throttle.due(key):
            self.get_logger().warning(text)

    def _open(self) -> Session:
        given = self.settings
        frames = None
        if given.output_frame or given.gravity_frame or given.register_depth:
            frames = self._open_frames(self, given.tf_timeout)
        try:
            return Session(self, lambda: self.settings, frames, self.warn, self._failures.note)
        except Exception:
            if frames is not None:
                frames.close()
            raise

    def _unsubscribe(self) -> None:
        inputs, self._inputs = self._inputs, None
        if inputs is not None:
            inputs.close()

    def _give_up(self) -> None:
        if self.is_active:
            self.trigger_deactivate()

    def _present_report(self) -> Report:
        return self._watch.look(self._session, self._inputs, self._error)


def main(args: list[str] | None = None) -> int:
    """Run the node until it is interrupted; exit 2 if it cannot start with what was given."""
    return exit_code(lambda: run_node(ObjectsNode, lambda: SteadyExecutor(_THREADS), args))


if __name__ == '__main__':
    raise SystemExit(main())
