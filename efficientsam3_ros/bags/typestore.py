"""The message types that our bags hold, from the .msg files of this package."""

from __future__ import annotations

from functools import cache
import os
from pathlib import Path

from rosbags.typesys import Stores, get_types_from_msg, get_typestore
from rosbags.typesys.store import Typestore

from efficientsam3_ros.bags.errors import BagError

PACKAGE = 'efficientsam3_ros'
INSTANCE_ARRAY = f'{PACKAGE}/msg/InstanceArray'
MESSAGES = ('Instance', 'InstanceArray')


@cache
def message_store() -> Typestore:
    """Return the types of ROS 2 Jazzy and our own.

    Raises:
        BagError: If the .msg files are not found.
    """
    folder = _message_folder()
    types: dict[str, object] = {}
    for name in MESSAGES:
        text = (folder / f'{name}.msg').read_text(encoding='utf-8')
        types.update(get_types_from_msg(text, f'{PACKAGE}/msg/{name}'))
    store = get_typestore(Stores.ROS2_JAZZY)
    store.register(types)  # type: ignore[arg-type]
    return store


def _message_folder() -> Path:
    """Find the .msg files: in the source tree, in a wheel, or in what colcon installed."""
    here = Path(__file__).resolve()
    prefixes = [p for p in os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep) if p]
    shares = [Path(prefix) / 'share' / PACKAGE / 'msg' for prefix in prefixes]
    for folder in (here.parents[2] / 'msg', here.parent / 'definitions', *shares):
        if all((folder / f'{name}.msg').is_file() for name in MESSAGES):
            return folder
    raise BagError(
        'The message definitions (InstanceArray.msg) are not installed; install the package anew, '
        'or source the workspace that it was built in.'
    )
