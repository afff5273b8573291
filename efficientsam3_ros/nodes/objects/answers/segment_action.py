"""The action ``~/segment``: find things named in words, and hold until they are confirmed."""

from __future__ import annotations

from collections.abc import Callable
import math
from threading import Lock
import time
from typing import Any

from rclpy.action import ActionServer, CancelResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from efficientsam3_ros.action import Segment
from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.messages.stamps import to_nanoseconds
from efficientsam3_ros.nodes.objects.answers.hold import Hold
from efficientsam3_ros.nodes.objects.answers.messages import fill_object
from efficientsam3_ros.nodes.objects.answers.owner import Owner, Refusal, active_session
from efficientsam3_ros.nodes.objects.answers.prompts import (
    PromptClient,
    are_the_same,
    as_prompts,
    words_of,
)
from efficientsam3_ros.nodes.objects.outputs import masks
from efficientsam3_ros.nodes.objects.scene.scene import Scene
from efficientsam3_ros.nodes.objects.session import Session

MAX_OBJECTS = 32
_LOOK_S = 0.05
_ANSWER_S = 5.0
_LONGEST_S = 3600.0
_ENDS_S = 2.0
# Results hold clouds; rclpy keeps them for who asks late.
_KEPT_S = 10


class Cancelled(Exception):  # noqa: N818
    """The client asked to end the goal."""


class SegmentAction:
    """Serves one goal at a time; another one ends at once, with the reason.

    It needs an executor of several threads: a goal waits in one of them.

    Args:
        node: Gets the action server.
        owner: The same node, by what is asked of it here.
        prompts: Returns the tracker's services; None while the node is not configured.
    """

    def __init__(
        self, node: Node, owner: Owner, prompts: Callable[[], PromptClient | None]
    ) -> None:
        self._owner, self._prompts = owner, prompts
        self._logger = node.get_logger()
        self._one = Lock()
        self._server = ActionServer(
            node,
            Segment,
            '~/segment',
            self._execute,
            callback_group=ReentrantCallbackGroup(),
            cancel_callback=lambda _: CancelResponse.ACCEPT,
            result_timeout=_KEPT_S,
        )

    def destroy(self) -> None:
        """Take the server from the node, once a goal that runs has seen that the node ends."""
        ended = self._one.acquire(timeout=_ENDS_S)
        self._server.destroy()
        if ended:
            self._one.release()

    def _execute(self, goal: Any) -> Any:
        if not self._one.acquire(blocking=False):
            goal.abort()
            return Segment.Result(
                message='Another goal of ~/segment holds the prompts; cancel it or wait.'
            )
        try:
            return self._answer(goal)
        finally:
            self._one.release()

    def _answer(self, goal: Any) -> Any:
        result = Segment.Result()
        try:
            scene, hold = self._find(goal)
            self._fill(result, scene, hold)
            goal.succeed()
        except Cancelled:
            result.message = 'Cancelled.'
            goal.canceled()
        except Refusal as refusal:
            result.message = str(refusal)
            goal.abort()
        except Exception as error:
            result.message = f'Failed, unexpectedly: {one_line(error)[:300]}'
            self._logger.error(f'~/segment: {result.message}')
            goal.abort()
        return result

    def _find(self, goal: Any) -> tuple[Scene, Hold]:
        session, prompts = active_session(self._owner), self._prompts()
        deadline = time.monotonic() + self._timeout(goal.request)
        before = None if to_nanoseconds(goal.request.stamp) else session.latest
        hold = self._hold(goal.request)
        if prompts is None or not hold.phrases:
            return self._until_confirmed(goal, session, hold, before, deadline)
        goal.publish_feedback(Segment.Feedback(stage='prompts'))
        earlier, hold.version = prompts.in_force(_ANSWER_S)
        if are_the_same(earlier, hold.phrases):
            return self._until_confirmed(goal, session, hold, before, deadline)
        hold.version = prompts.look_for(as_prompts(hold.phrases), _ANSWER_S)
        try:
            return self._until_confirmed(goal, session, hold, before, deadline)
        finally:
            if goal.request.restore_prompts:
                self._restore(prompts, earlier)

    def _restore(self, prompts: PromptClient, earlier: list[Any]) -> None:
        try:
            prompts.look_for(words_of(earlier), _ANSWER_S)
        except Refusal as refusal:
            self._logger.warning(f'~/segment could not put the prompts back: {refusal}')

    def _until_confirmed(
        self, goal: Any, session: Session, hold: Hold, scene: Scene | None, deadline: float
    ) -> tuple[Scene, Hold]:
        while True:
            if goal.is_cancel_requested:
                raise Cancelled
            if active_session(self._owner) is not session:
                raise Refusal('The objects node was configured anew meanwhile; ask again.')
            if time.monotonic() > deadline:
                raise Refusal(_too_late(hold, session))
            newer = session.next_scene(scene, _LOOK_S)
            if newer is None:
                continue
            scene = newer
            if hold.look(scene.result, scene.objects):
                return scene, hold
            goal.publish_feedback(
                Segment.Feedback(
                    stage=hold.stage,
                    frames=hold.frames,
                    seen=len(hold.seen),
                    confirmed=len(hold.confirmed),
                )
            )

    def _timeout(self, request: Any) -> float:
        wanted = float(request.timeout)
        if not math.isfinite(wanted) or wanted < 0:
            raise Refusal(f'timeout is {wanted}; give seconds, or 0 for the parameter.')
        return min(wanted or self._owner.settings.segment_timeout, _LONGEST_S)

    def _hold(self, request: Any) -> Hold:
        phrases = [phrase for phrase in request.phrases if phrase.strip()]
        if request.all_phrases and not phrases:
            raise Refusal('all_phrases needs phrases; name what is to be found.')
        return Hold(
            phrases=phrases,
            stamp_ns=to_nanoseconds(request.stamp),
            accept_new=request.accept_new,
            all_phrases=request.all_phrases,
            min_pixels=self._owner.settings.min_pixels,
        )

    def _fill(self, result: Any, scene: Scene, hold: Hold) -> None:
        chosen = hold.confirmed[:MAX_OBJECTS]
        voxel_size = self._owner.settings.voxel_size
        result.instances = scene.message
        result.label_image = masks.label_image(scene)
        result.target_mask = masks.mask_image(scene, [item.label for item in chosen])
        result.camera_info = masks.paired_info(scene)
        result.objects = [fill_object(scene, item, voxel_size) for item in chosen]
        names = ', '.join(f'{item.concept} {item.track_id}' for item in chosen)
        result.success = True
        result.message = f'Found {names}, after {hold.frames} images.'


def _too_late(hold: Hold, session: Session) -> str:
    if not hold.frames:
        fault = session.tally.last_fault or 'see /diagnostics for what is missing'
        return f'Time is up, and no image was looked at: {fault}'
    missing = ', '.join(hold.missing()) if hold.all_phrases else ''
    what = f'; missing: {missing}' if missing else ''
    return (
        f'Time is up: on the last of {hold.frames} images {len(hold.seen)} objects were seen, '
        f'{len(hold.confirmed)} of them confirmed{what}. Look closer, lower the threshold, or set '
        'accept_new.'
    )
