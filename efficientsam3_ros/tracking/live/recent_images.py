"""The last processed images, for exemplars that were drawn on one of them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from efficientsam3_ros.core import PromptError
from efficientsam3_ros.core.messages.stamps import SECOND_NS

KEPT = 8
"""Images; at 1920x1080 they take 50 MB."""


class RecentImages:
    """A bounded number of image messages, by their stamps."""

    def __init__(self) -> None:
        self._messages: OrderedDict[int, Any] = OrderedDict()

    def keep(self, stamp_ns: int, message: Any) -> None:
        """Keep an image; the oldest goes. One without a stamp cannot be asked for."""
        if stamp_ns:
            self._messages[stamp_ns] = message
        while len(self._messages) > KEPT:
            self._messages.popitem(last=False)

    def forget(self) -> None:
        """Drop all, as after a jump in time."""
        self._messages.clear()

    def find(self, stamp_ns: int) -> Any:
        """Return the image of a stamp, nanoseconds.

        Raises:
            PromptError: If it is not among the last ones.
        """
        if stamp_ns in self._messages:
            return self._messages[stamp_ns]
        stamps = [f'{stamp / SECOND_NS:.9f}' for stamp in self._messages]
        known = f'{stamps[0]} to {stamps[-1]}' if stamps else 'none yet'
        raise PromptError(
            f'No processed image has the stamp {stamp_ns / SECOND_NS:.9f}; the last {KEPT} are '
            f'kept ({known}). Take the stamp of a result that has just come, or leave it out for '
            'the next image.'
        )
