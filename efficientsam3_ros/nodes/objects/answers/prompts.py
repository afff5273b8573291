"""Asking the tracker to look for something."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from typing import Any

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from efficientsam3_ros import msg, srv
from efficientsam3_ros.nodes.objects.answers.owner import Refusal
from efficientsam3_ros.nodes.objects.scene.target import same_words


class PromptClient:
    """The tracker's services of prompts; must not be called from the only thread of an executor.

    Args:
        node: Gets the clients.
        tracker: Name of the tracker node.
    """

    def __init__(self, node: Node, tracker: str) -> None:
        self._node, self._tracker = node, tracker
        group = ReentrantCallbackGroup()
        self._get = node.create_client(
            srv.GetPrompts, f'{tracker}/get_prompts', callback_group=group
        )
        self._set = node.create_client(
            srv.SetPrompts, f'{tracker}/set_prompts', callback_group=group
        )

    def close(self) -> None:
        """Take the clients from the node."""
        for client in (self._get, self._set):
            self._node.destroy_client(client)

    def in_force(self, timeout_s: float) -> tuple[list[Any], int]:
        """Return the tracker's prompts and their version.

        Raises:
            Refusal: If the tracker does not answer.
        """
        answer = self._call(self._get, srv.GetPrompts.Request(), timeout_s)
        return list(answer.prompts), int(answer.prompt_version)

    def look_for(self, prompts: Sequence[Any], timeout_s: float) -> int:
        """Replace the tracker's prompts; return the version that answers to them.

        Raises:
            Refusal: If the tracker does not answer or refuses them.
        """
        request = srv.SetPrompts.Request(prompts=list(prompts))
        answer = self._call(self._set, request, timeout_s)
        if not answer.success:
            raise Refusal(f'The tracker refuses the phrases: {answer.message}')
        return int(answer.prompt_version)

    def _call(self, client: Any, request: Any, timeout_s: float) -> Any:
        if not client.wait_for_service(timeout_s):
            raise Refusal(
                f'No service {client.srv_name}; check that the tracker runs, and the parameter '
                f'tracker ("{self._tracker}").'
            )
        answered = Event()
        future = client.call_async(request)
        future.add_done_callback(lambda _: answered.set())
        if not answered.wait(timeout_s) or future.result() is None:
            client.remove_pending_request(future)
            raise Refusal(
                f'{client.srv_name} does not answer within {timeout_s:.1f} s; the tracker is '
                'busy, or its node has ended.'
            )
        return future.result()


def as_prompts(phrases: Sequence[str]) -> list[Any]:
    """Return phrases as prompts of words alone."""
    return [msg.Prompt(concept=phrase) for phrase in phrases]


def words_of(prompts: Sequence[Any]) -> list[Any]:
    """Return prompts without exemplars, whose image is gone."""
    return [msg.Prompt(concept=item.concept, threshold=item.threshold) for item in prompts]


def are_the_same(prompts: Sequence[Any], phrases: Sequence[str]) -> bool:
    """Tell whether prompts are phrases, in order."""
    return len(prompts) == len(phrases) and all(
        same_words(prompt.concept, phrase) for prompt, phrase in zip(prompts, phrases)
    )
