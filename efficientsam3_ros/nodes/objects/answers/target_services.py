"""``~/get_grasp_targets`` and ``~/set_target``."""

from __future__ import annotations

from typing import Any

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from rclpy.parameter import Parameter

from efficientsam3_ros import srv
from efficientsam3_ros.core import Instance
from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.messages.stamps import SECOND_NS, to_nanoseconds
from efficientsam3_ros.nodes.objects.answers.messages import fill_target
from efficientsam3_ros.nodes.objects.answers.owner import Owner, Refusal, active_session
from efficientsam3_ros.nodes.objects.scene.scene import Scene
from efficientsam3_ros.nodes.objects.scene.target import Wanted
from efficientsam3_ros.nodes.objects.session import Session

MAX_TARGETS = 16
_OLD_S = 1.0
_MOST_NAMES = 8


class TargetServices:
    """Answers with the newest image; in every life-cycle state, with the reason where it cannot.

    Args:
        node: Gets the services.
        owner: The same node, by what is asked of it here.
    """

    def __init__(self, node: Node, owner: Owner) -> None:
        self._node, self._owner = node, owner
        # A search of grasps takes seconds, in which images are to be processed.
        group = MutuallyExclusiveCallbackGroup()
        node.create_service(
            srv.GetGraspTargets, '~/get_grasp_targets', self._get, callback_group=group
        )
        node.create_service(srv.SetTarget, '~/set_target', self._set)

    def _get(self, request: Any, response: Any) -> Any:
        try:
            session = active_session(self._owner)
            scene = _newest(session)
            chosen = self._chosen(request, scene, session)
            settings = self._owner.settings
            most = request.max_grasps or settings.max_grasps
            response.targets = [fill_target(scene, item, settings, most) for item in chosen]
            response.success = True
            response.message = _summary(scene, response.targets, session.age_s)
        except Refusal as refusal:
            response.message = str(refusal)
        except Exception as error:  # what a service raises would end the node
            response.message = f'The search failed, unexpectedly: {one_line(error)[:300]}'
            self._node.get_logger().error(response.message)
        return response

    def _chosen(self, request: Any, scene: Scene, session: Session) -> list[Instance]:
        wanted = session.wanted()
        if request.track_id or request.phrase.strip():
            wanted = Wanted(request.track_id, request.phrase, wanted.min_pixels)
        found = wanted.among(scene.objects)
        if not found:
            raise Refusal(f'{_seen(wanted, scene)}')
        return found[: min(request.max_targets or 1, MAX_TARGETS)]

    def _set(self, request: Any, response: Any) -> Any:
        values = {'target_track': int(request.track_id), 'target_phrase': request.phrase}
        given = [Parameter(name, value=value) for name, value in values.items()]
        result = self._node.set_parameters_atomically(given)
        response.success = bool(result.successful)
        wanted = Wanted(request.track_id, request.phrase)
        response.message = result.reason or f'The target is {wanted.told()}.'
        return response


def _newest(session: Session) -> Scene:
    scene = session.latest
    if scene is None:
        fault = session.tally.last_fault or 'see /diagnostics for what is missing'
        raise Refusal(f'No image has been processed yet: {fault}')
    return scene


def stamp_text(scene: Scene) -> str:
    """Return the stamp of a scene in seconds."""
    return f'{to_nanoseconds(scene.header.stamp) / SECOND_NS:.3f}'


def _seen(wanted: Wanted, scene: Scene) -> str:
    names = [f'{item.concept} {item.track_id}' for item in scene.objects]
    more = f' and {len(names) - _MOST_NAMES} more' if len(names) > _MOST_NAMES else ''
    listed = f'{", ".join(names[:_MOST_NAMES])}{more}' if names else 'nothing'
    return f'The image of {stamp_text(scene)} shows no {wanted.told()}; it shows {listed}.'


def _summary(scene: Scene, targets: Any, age_s: float) -> str:
    parts = [
        f'{target.object.concept} {target.object.track_id}: {len(target.grasps)} grasps'
        for target in targets
    ]
    old = f' That is {age_s:.1f} s ago.' if age_s > _OLD_S else ''
    return f'{", ".join(parts)}, on the image of {stamp_text(scene)}.{old}'
