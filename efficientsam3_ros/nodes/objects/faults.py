"""Why a set of messages makes no scene."""

from __future__ import annotations

from enum import Enum


class Cause(Enum):
    """Causes by which dropped results are counted, beside those of the pairing."""

    NO_INFO = 'no camera_info'
    BAD_INFO = 'camera_info unusable'
    IMAGE = 'image unreadable'
    DEPTH = 'depth unreadable'
    RESULT = 'result unreadable'
    NOT_ALIGNED = 'depth not aligned'
    NO_TRANSFORM = 'no transform'
    BUSY = 'busy'
    INACTIVE = 'inactive'
    FAILED = 'failed'


class SceneFault(Exception):  # noqa: N818
    """A set of messages that cannot be used; the text names cause and remedy.

    Args:
        cause: By which it is counted.
        text: One sentence.
    """

    def __init__(self, cause: Cause, text: str) -> None:
        super().__init__(text)
        self.cause = cause
