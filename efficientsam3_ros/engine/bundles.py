"""Where bundles are found."""

from __future__ import annotations

import os
from pathlib import Path

from efficientsam3_ros.core import BundleError
from efficientsam3_ros.core.errors.one_line import shown
from efficientsam3_ros.core.manifest import MANIFEST_NAME

DEFAULT_BUNDLE = 'nano'
RENAMED = {'nano_tabletop': 'nano'}
"""Bundles that the package has no more, to what took their place."""
LONGEST_PATH = 4000
EMBEDDED = Path(__file__).resolve().parent.parent / 'bundles'


def embedded_bundles() -> tuple[str, ...]:
    """Return the names of the bundles that came with the package."""
    return tuple(sorted(path.parent.name for path in EMBEDDED.glob(f'*/{MANIFEST_NAME}')))


def refuse_renamed(name: str) -> None:
    """Do nothing, unless a name is that of a bundle of earlier versions.

    Raises:
        BundleError: If it is; names what took its place.
    """
    if name in RENAMED:
        raise BundleError(f'The bundle "{name}" was replaced; name "{RENAMED[name]}".')


def find_bundle(name_or_path: str | Path = DEFAULT_BUNDLE) -> Path:
    """Return the folder of a bundle.

    Args:
        name_or_path: Name of an embedded bundle, or any path to a bundle's folder. A path that
            exists wins over a name.

    Raises:
        BundleError: If neither a folder nor an embedded bundle fits; lists what is available, or
            names what took the place of a bundle of earlier versions.
    """
    text = str(name_or_path).strip()
    if not text:
        raise BundleError(f'The bundle name is empty; the default is "{DEFAULT_BUNDLE}".')
    if not text.isprintable() or len(text) > LONGEST_PATH:
        raise BundleError(f'{shown(text)} is no name of a bundle, nor a path.')
    folder = Path(os.path.expanduser(text))  # noqa: PTH111 - it leaves a user that is unknown
    for place in (folder, EMBEDDED / text):
        if (place / MANIFEST_NAME).is_file():
            return place
    if folder.is_dir():
        raise BundleError(f'{folder} is no bundle: it holds no {MANIFEST_NAME}.')
    refuse_renamed(text)
    names = ', '.join(embedded_bundles()) or 'none'
    raise BundleError(
        f'There is no bundle "{text}". Embedded bundles: {names}; or give the path of a folder '
        f'which holds {MANIFEST_NAME}.'
    )
