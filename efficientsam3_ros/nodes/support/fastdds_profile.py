"""The Fast DDS profile with which large images arrive, unless the user has chosen another.

Without ROS, as launch files, the harness and tests ask it alike.
"""

from __future__ import annotations

from collections.abc import Mapping
import os
from pathlib import Path
import shutil
import sys

PACKAGE = 'efficientsam3_ros'
PROFILE = 'fastdds_images.xml'
VARIABLES = ('FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE')
"""Where Fast DDS 2 and Fast DDS 3 look for the file."""

# Another way to choose transports; our profile would silently win over it.
_OTHER_CHOICES = ('FASTDDS_BUILTIN_TRANSPORTS',)
# Files that Fast DDS reads from the working folder by itself.
_LOCAL_FILES = ('DEFAULT_FASTRTPS_PROFILES.xml', 'DEFAULT_FASTDDS_PROFILES.xml')
_SHARED_MEMORY = Path('/dev/shm')
# Every process takes a segment of 64 MiB: camera, tracker and two listeners.
_NEEDED_BYTES = 4 * 64 * 2**20


def profile_environment(
    environment: Mapping[str, str], free_bytes: int | None = None
) -> dict[str, str]:
    """Return the variables to set for nodes that exchange large images.

    Args:
        environment: The present variables.
        free_bytes: Free shared memory; measured if None.

    Returns:
        The file's path under both of ``VARIABLES``; nothing if the user has chosen transports or
        another middleware, the file is not installed, or shared memory does not suffice.
    """
    if any(environment.get(name) for name in (*VARIABLES, *_OTHER_CHOICES)):
        return {}
    if 'fastrtps' not in environment.get('RMW_IMPLEMENTATION', 'rmw_fastrtps_cpp'):
        return {}
    if any(Path(name).is_file() for name in _LOCAL_FILES):
        return {}
    free = _free_bytes() if free_bytes is None else free_bytes
    profile = _installed(environment)
    if profile is None or free < _NEEDED_BYTES:
        return {}
    return dict.fromkeys(VARIABLES, str(profile))


def _free_bytes() -> int:
    return shutil.disk_usage(_SHARED_MEMORY).free if _SHARED_MEMORY.is_dir() else 0


def _installed(environment: Mapping[str, str]) -> Path | None:
    """Return the file in the source tree that we run from, or where it is installed."""
    listed = environment.get('AMENT_PREFIX_PATH', '').split(os.pathsep)
    shares = [Path(p) / 'share' / PACKAGE for p in (*filter(None, listed), sys.prefix)]
    places = [Path(__file__).resolve().parents[3], *shares]
    files = (place / 'config' / PROFILE for place in places)
    return next((file for file in files if file.is_file()), None)
