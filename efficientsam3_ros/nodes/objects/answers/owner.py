"""What answers need of the node."""

from __future__ import annotations

from typing import Protocol

from efficientsam3_ros.nodes.objects.session import Session
from efficientsam3_ros.nodes.objects.settings import ObjectSettings


class Refusal(Exception):  # noqa: N818
    """A request that cannot be answered; the text names cause and remedy."""


class Owner(Protocol):
    """The node."""

    @property
    def settings(self) -> ObjectSettings:
        """The parameters in force."""

    @property
    def session(self) -> Session | None:
        """What is held while the node is configured."""

    @property
    def is_active(self) -> bool:
        """Whether messages are processed."""


def active_session(owner: Owner) -> Session:
    """Return the session of an active node.

    Raises:
        Refusal: If the node is not active.
    """
    session = owner.session
    if session is None or not owner.is_active:
        raise Refusal(
            'The objects node is not active; see /diagnostics for the reason, then run the '
            'lifecycle transitions configure and activate.'
        )
    return session
