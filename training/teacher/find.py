"""Where a teacher lies that settings name: a folder, or a repository that was downloaded."""

from __future__ import annotations

from pathlib import Path
import re

from efficientsam3_ros.model.weights.errors import WeightsError
from efficientsam3_ros.model.weights.hub import HubOptions, default_client, fetch_folder
from training.teacher.protocol import TeacherError

_REPOSITORY = re.compile(r'[\w.-]+/[\w.-]+')
_REMEDY = (
    'Run "efficientsam3 download sam3 --out FOLDER" once (facebook/sam3 is gated: accept its '
    'licence on its page and pass --token), and name FOLDER or facebook/sam3.'
)


def teacher_folder(name: str) -> Path:
    """Return the folder of a teacher; nothing is downloaded, so a run never waits for a network.

    Args:
        name: A folder in transformers' layout, or a repository of the model hub such as
            ``facebook/sam3``, which is looked up in the hub's cache.

    Raises:
        TeacherError: If it is neither.
    """
    if Path(name).is_dir():
        return Path(name)
    if not _REPOSITORY.fullmatch(name):
        raise TeacherError(f'The teacher "{name}" is no folder. {_REMEDY}')
    try:
        return fetch_folder(default_client(), name, HubOptions(offline=True))
    except WeightsError as error:
        raise TeacherError(
            f"The teacher {name} is neither a folder nor in the hub's cache. {_REMEDY}"
        ) from error


def is_there(name: str) -> bool:
    """Tell whether :func:`teacher_folder` finds a teacher."""
    try:
        teacher_folder(name)
    except TeacherError:
        return False
    return True
