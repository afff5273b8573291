"""Where the details of an unforeseen error lie: a few files of bounded size."""

from __future__ import annotations

import os
from pathlib import Path
import platform
import sys
import tempfile
import time
import traceback

KEPT_FILES = 10
LARGEST = 64_000
"""Characters of one file."""


def keep_details(error: BaseException) -> Path | None:
    """Write the traceback of an error into a file of its own; older files make room.

    Returns:
        The file, in ``$XDG_STATE_HOME/efficientsam3`` or the temporary folder; None if neither
        can be written to.
    """
    text = '\n'.join((_about(), ''.join(traceback.format_exception(error))[-LARGEST:]))
    for folder in _folders():
        path = folder / f'error-{time.strftime("%Y%m%d-%H%M%S")}-{os.getpid()}.txt'
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8', errors='backslashreplace')
            for old in sorted(folder.glob('error-*.txt'))[:-KEPT_FILES]:
                old.unlink(missing_ok=True)
        except OSError:
            continue
        return path
    return None


def _folders() -> tuple[Path, Path]:
    home = os.environ.get('XDG_STATE_HOME') or os.path.expanduser('~/.local/state')  # noqa: PTH111
    shared = Path(tempfile.gettempdir()) / f'efficientsam3-{os.getuid()}'
    return Path(home) / 'efficientsam3', shared


def _about() -> str:
    from efficientsam3_ros import __version__

    words = ' '.join(sys.argv)[:LARGEST]
    return f'efficientsam3 {__version__}, Python {platform.python_version()}, {words}\n'
