"""Who publishes images, and which reliability hears all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from efficientsam3_ros.nodes.images.choices import AUTO

_MOST_NAMES = 4


@dataclass(frozen=True)
class Publishers:
    """The publishers of one topic.

    Attributes:
        names: Full names of their nodes, sorted; one for each publisher.
        offered: Their reliability, in the words of the parameter.
        identities: What tells one publisher from another.
        kinds: Types of their messages, sorted.
    """

    names: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    identities: frozenset[bytes] = frozenset()
    kinds: tuple[str, ...] = ()

    @classmethod
    def of(cls, infos: Iterable[Any]) -> Publishers:
        """Read what ``Node.get_publishers_info_by_topic`` returns."""
        known = sorted(infos, key=_name)
        return cls(
            tuple(_name(info) for info in known),
            tuple(info.qos_profile.reliability.name.lower() for info in known),
            frozenset(bytes(info.endpoint_gid) for info in known),
            tuple(sorted({info.topic_type for info in known})),
        )

    def reliability(self, wanted: str) -> str:
        """Return the reliability to subscribe with; see ``choose_reliability``."""
        return choose_reliability(wanted, self.offered)

    def listed(self) -> str:
        """Return the names in one line, the first few where they are many."""
        more = len(self.names) - _MOST_NAMES
        first = ', '.join(self.names[:_MOST_NAMES])
        return f'{first} and {more} more' if more > 0 else first


def choose_reliability(wanted: str, offered: Sequence[str]) -> str:
    """Return ``best_effort`` or ``reliable``.

    A best-effort subscription hears everybody, but large images get lost on the way. A reliable
    one hears reliable publishers only.

    Args:
        wanted: The parameter: one of the two, or ``auto``.
        offered: What each publisher offers.
    """
    if wanted != AUTO:
        return wanted
    all_reliable = bool(offered) and set(offered) == {'reliable'}
    return 'reliable' if all_reliable else 'best_effort'


def _name(info: Any) -> str:
    return f'{info.node_namespace.rstrip("/")}/{info.node_name}'
