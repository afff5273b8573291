"""Services and the topic by which prompts and tracks are changed while the node runs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from rclpy.node import Node
from std_msgs.msg import String
from std_srvs.srv import Trigger

from efficientsam3_ros import msg, srv
from efficientsam3_ros.core.prompt import Prompt, parse_prompts
from efficientsam3_ros.nodes.tracker.prompt_codec import fill_prompt, read_prompt, read_renaming
from efficientsam3_ros.tracking.live.pipeline import Pipeline

REFUSALS = (ValueError, RuntimeError, FutureTimeout)
"""What may be wrong with a request; anything else is a fault of the node."""


class PromptServices:
    """``~/set_prompts``, ``~/get_prompts``, ``~/remove_tracks``, ``~/reset`` and ``~/prompt``.

    They exist in every life-cycle state; where the node is not configured they say so.

    Args:
        node: Gets the services.
        pipeline: Returns the pipeline, or raises ``RuntimeError`` with the reason.
    """

    def __init__(self, node: Node, pipeline: Callable[[], Pipeline]) -> None:
        self._logger = node.get_logger()
        self._pipeline = pipeline
        node.create_service(srv.SetPrompts, '~/set_prompts', self._set)
        node.create_service(srv.GetPrompts, '~/get_prompts', self._get)
        node.create_service(srv.RemoveTracks, '~/remove_tracks', self._remove)
        node.create_service(Trigger, '~/reset', self._reset)
        node.create_subscription(String, '~/prompt', self._on_prompt, 5)

    def _set(self, request: Any, response: Any) -> Any:
        try:
            prompts = [read_prompt(item) for item in request.prompts]
            renamed = read_renaming(request)
            reset = request.reset_tracks
            self._pipeline().call(lambda tracker: tracker.set_prompts(prompts, reset, renamed))
            response.success = True
            response.message = f'{len(prompts)} prompts are in force from the next image on.'
            response.message += self._warn_of_unknown_words()
        except REFUSALS as error:
            response.message = str(error) or 'The tracker is busy; try again.'
        self._report_prompts(response)
        return response

    def _warn_of_unknown_words(self) -> str:
        of_concepts = self._pipeline().call(lambda tracker: tracker.unknown_words)
        unknown = sorted({word for words in of_concepts.values() for word in words})
        if not unknown:
            return ''
        text = f'The model has never seen the words {", ".join(unknown)}; expect little of them.'
        self._logger.warning(text)
        return f' {text}'

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
            self._logger.warning(f'~/get_prompts answers with nothing: {error}')
        return response

    def _remove(self, request: Any, response: Any) -> Any:
        try:
            chosen = list(request.track_ids)
            remaining = self._pipeline().call(lambda tracker: tracker.remove_tracks(chosen))
            response.remaining = sorted(remaining)
            response.success = True
            response.message = f'{len(remaining)} tracks live on.'
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
            prompts = parse_prompts(message.data)
            self._pipeline().call(lambda tracker: tracker.set_prompts(prompts))
            self._logger.info(f'Looking for: {", ".join(p.concept for p in prompts)}')
            self._warn_of_unknown_words()
        except REFUSALS as error:
            self._logger.error(f'Prompt refused: {error}')
