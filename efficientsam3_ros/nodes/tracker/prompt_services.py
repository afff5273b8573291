"""Services and the topic by which prompts and tracks are changed while the node runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from rclpy.node import Node
from std_msgs.msg import String
from std_srvs.srv import Trigger

from efficientsam3_ros import msg, srv
from efficientsam3_ros.core.messages.stamps import to_nanoseconds
from efficientsam3_ros.core.prompt import Prompt, parse_prompts
from efficientsam3_ros.nodes.support.throttle import Throttle
from efficientsam3_ros.nodes.tracker.prompt_codec import fill_prompt, read_prompt, read_renaming
from efficientsam3_ros.nodes.tracker.prompt_keeper import PromptKeeper
from efficientsam3_ros.tracking import ConceptTracker
from efficientsam3_ros.tracking.concept_tracker import TrackError
from efficientsam3_ros.tracking.live.pipeline import Pipeline

REFUSALS = (ValueError, RuntimeError, FutureTimeout)
"""What may be wrong with a request; anything else is a fault of the node."""


class PromptServices:
    """``~/set_prompts``, ``~/get_prompts``, ``~/remove_tracks``, ``~/reset`` and ``~/prompt``.

    They exist in every life-cycle state; where the node is not configured they say so.

    Args:
        node: Gets the services.
        pipeline: Returns the pipeline, or raises ``RuntimeError`` with the reason.
        keeper: Replaces and keeps the prompts.
    """

    def __init__(self, node: Node, pipeline: Callable[[], Pipeline], keeper: PromptKeeper) -> None:
        self._logger = node.get_logger()
        self._throttle = Throttle()
        self._pipeline = pipeline
        self._keeper = keeper
        node.create_service(srv.SetPrompts, '~/set_prompts', self._set)
        node.create_service(srv.GetPrompts, '~/get_prompts', self._get)
        node.create_service(srv.RemoveTracks, '~/remove_tracks', self._remove)
        node.create_service(Trigger, '~/reset', self._reset)
        node.create_subscription(String, '~/prompt', self._on_prompt, 5)

    def _set(self, request: Any, response: Any) -> Any:
        try:
            prompts = [read_prompt(item) for item in request.prompts]
            renamed = read_renaming(request)
            answer = self._keeper.replace(
                self._pipeline(),
                prompts,
                request.reset_tracks,
                renamed,
                to_nanoseconds(request.stamp),
            )
            response.success = True
            response.message = answer.text
            answer.log(self._logger)
        except REFUSALS as error:
            response.message = str(error) or 'The tracker is busy; try again.'
        self._report_prompts(response)
        return response

    def _report_prompts(self, response: Any) -> None:
        try:
            prompts, response.prompt_version = self._prompts()
            response.concepts = [prompt.concept for prompt in prompts]
        except REFUSALS as error:
            self._logger.debug(f'No prompts to report: {error}')

    def _prompts(self) -> tuple[tuple[Prompt, ...], int]:
        return self._pipeline().call(lambda tracker: (tracker.prompts, tracker.prompt_version))

    def _get(self, request: Any, response: Any) -> Any:
        try:
            prompts, response.prompt_version = self._prompts()
            response.prompts = [fill_prompt(msg.Prompt(), prompt) for prompt in prompts]
        except REFUSALS as error:
            if self._throttle.due(f'get: {error}'):
                self._logger.warning(f'~/get_prompts answers with nothing: {error}')
        return response

    def _remove(self, request: Any, response: Any) -> Any:
        try:
            chosen = list(request.track_ids)
            refusal, remaining = self._pipeline().call(lambda tracker: _remove(tracker, chosen))
            response.remaining = sorted(remaining)
            response.success = not refusal
            response.message = refusal or _lives_on(len(remaining))
        except REFUSALS as error:
            response.message = str(error) or 'The tracker is busy; try again.'
        return response

    def _reset(self, request: Any, response: Any) -> Any:
        try:
            self._pipeline().call(lambda tracker: tracker.reset())
            response.success = True
            response.message = 'All tracks are forgotten; prompts stay.'
        except REFUSALS as error:
            response.message = str(error) or 'The tracker is busy; try again.'
        return response

    def _on_prompt(self, message: Any) -> None:
        try:
            answer = self._keeper.replace(self._pipeline(), parse_prompts(message.data))
            # A program may publish the same line many times a second.
            if self._throttle.due(answer.text):
                answer.log(self._logger)
        except REFUSALS as error:
            if self._throttle.due(f'topic: {error}'):
                self._logger.error(f'Prompt refused: {error}')


def _remove(tracker: ConceptTracker, chosen: Sequence[int]) -> tuple[str, tuple[int, ...]]:
    """Return why nothing was removed, or an empty text, and the ids that live."""
    try:
        return '', tracker.remove_tracks(chosen)
    except TrackError as error:
        return str(error), tuple(track.track_id for track in tracker.tracks)


def _lives_on(count: int) -> str:
    return '1 track lives on.' if count == 1 else f'{count} tracks live on.'
