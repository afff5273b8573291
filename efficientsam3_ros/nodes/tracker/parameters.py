"""The tracker node's parameters, checked all-or-nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rcl_interfaces.msg import SetParametersResult
from rclpy.node import Node
from rclpy.parameter import Parameter

from efficientsam3_ros.core.renames import SETTINGS
from efficientsam3_ros.nodes.support.declaration import (
    as_lists,
    changed,
    declare,
    refuse_deletion,
    refuse_renamed,
    refuse_structural,
    text_list,
)
from efficientsam3_ros.nodes.tracker.settings import NodeSettings
from efficientsam3_ros.tracking import TrackerConfig

TRACKING = 'tracking.'
"""Prefix of the parameters that belong to ``TrackerConfig``."""


class TrackerParameters:
    """The parameters of a tracker node.

    A change is checked as a whole and refused as a whole with a sentence; it is acted upon only
    after it was accepted.

    Args:
        node: Gets the parameters.
        applied: Called after an accepted change with the names that changed.
        configured: Tells whether structural parameters are in use.

    Raises:
        ValueError: If a value given at start is out of range or under an old name.
    """

    def __init__(
        self,
        node: Node,
        applied: Callable[[frozenset[str]], None],
        configured: Callable[[], bool],
    ) -> None:
        self._node = node
        self._applied = applied
        self._quiet = False
        self._configured = configured
        refuse_renamed(node, SETTINGS, TRACKING)
        self.settings = declare(node, NodeSettings())
        self.tracking = declare(node, TrackerConfig(), TRACKING)
        self.show_prompts(self.settings.prompts)
        if hasattr(node, 'add_pre_set_parameters_callback'):  # not in Humble
            node.add_pre_set_parameters_callback(lambda given: as_lists(self.settings, given))
        node.add_on_set_parameters_callback(self._check)
        self._has_post_callback = hasattr(node, 'add_post_set_parameters_callback')
        if self._has_post_callback:
            node.add_post_set_parameters_callback(self._apply)

    def show_prompts(self, concepts: Sequence[str]) -> None:
        """Let the parameter ``prompts`` say what is looked for, without acting upon it."""
        with self._quietly():
            self._node.set_parameters([text_list('prompts', concepts)])

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    def _check(self, parameters: Sequence[Parameter]) -> SetParametersResult:
        try:
            refuse_deletion(parameters)
            if self._configured():
                refuse_structural(NodeSettings, parameters)
            changed(self.settings, parameters)
            changed(self.tracking, parameters, TRACKING)
        except (TypeError, ValueError) as error:
            return SetParametersResult(successful=False, reason=str(error))
        if not self._has_post_callback:  # Humble
            self._apply(parameters)
        return SetParametersResult(successful=True)

    def _apply(self, parameters: Sequence[Parameter]) -> None:
        self.settings = changed(self.settings, parameters)
        self.tracking = changed(self.tracking, parameters, TRACKING)
        if not self._quiet:
            self._applied(frozenset(parameter.name for parameter in parameters))
