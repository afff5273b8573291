"""Which bags lie at a path."""

from __future__ import annotations

from pathlib import Path

from efficientsam3_ros.bags.storage import METADATA, data_files, is_bag
from efficientsam3_ros.core.writing.result_marker import is_result_folder


def bags_at(path: Path) -> list[Path]:
    """Return the bags that a user means by a path, each as ``Storage`` opens it.

    A file is one bag. A folder is one if it has ``metadata.yaml``, or if its data files are the
    parts of one; else each file and each folder with a bag in it is a bag of its own. What this
    program wrote beside them, such as tracks, is passed over.

    Raises:
        OSError: If the folder cannot be read.
    """
    if not path.is_dir() or (path / METADATA).is_file():
        return [path] if is_bag(path) else []
    files = data_files(path)
    inside = [p for p in sorted(path.iterdir()) if p.is_dir() and not is_result_folder(p)]
    folders = [p for p in inside if _is_bag(p)]
    if files and not folders and _are_parts(files, path.name):
        return [path]
    return [*folders, *files]


def _is_bag(folder: Path) -> bool:
    try:
        return is_bag(folder)
    except OSError:
        # One that may not be looked into costs no other.
        return False


def _are_parts(files: list[Path], folder: str) -> bool:
    """Tell whether names are those that rosbag2 gives the parts of one bag: ``bag_0`` and on."""
    stems = [file.name.removesuffix('.zstd').rsplit('.', 1)[0] for file in files]
    heads = {stem.rpartition('_')[0] for stem in stems}
    tails = sorted(int(t) for stem in stems if (t := stem.rpartition('_')[2]).isdecimal())
    return (
        stems == [folder]
        or heads == {folder}
        or (len(heads) == 1 and heads != {''} and tails == list(range(len(files))))
    )
