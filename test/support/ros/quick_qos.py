"""Quality of service of a bag's topics, which is nearly always the same, parsed once."""

from __future__ import annotations

from contextlib import suppress
from functools import cache


def remember_qos() -> None:
    """Let rosbags parse each profile once.

    It is YAML, read by a slow parser anew for each topic of each bag that is opened: most of what
    opening a small bag costs.
    """
    with suppress(ImportError, AttributeError):
        from rosbags.rosbag2 import storage_mcap

        parse = storage_mcap.parse_qos
        kept = cache(lambda text: tuple(parse(text)))
        storage_mcap.parse_qos = lambda text: list(kept(text))
