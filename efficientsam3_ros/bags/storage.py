"""Opens what lies at a path, as far as it can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import re
import tempfile

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from efficientsam3_ros.bags.errors import BagError
from efficientsam3_ros.bags.files import BagFile, Record
from efficientsam3_ros.bags.repair import repaired
from efficientsam3_ros.bags.typestore import message_store
from efficientsam3_ros.core.errors.one_line import one_line

SUFFIXES = ('.mcap', '.db3', '.bag')
"""Of data files: two storages of rosbag2, and ROS 1."""
_KINDS = ', '.join(SUFFIXES)
METADATA = 'metadata.yaml'
"""File in which rosbag2 describes a bag's folder."""


def is_data(path: Path) -> bool:
    """Tell whether a name is that of a bag's data file, compressed or not."""
    return path.with_suffix('').suffix in SUFFIXES if path.suffix == '.zstd' else _plain(path)


def _plain(path: Path) -> bool:
    return path.suffix in SUFFIXES


def data_files(path: Path) -> list[Path]:
    """Return the data files of a bag in the order in which they were written.

    Args:
        path: A rosbag2 folder or one file.
    """
    if not path.is_dir():
        return [path] if is_data(path) else []
    return sorted((p for p in path.iterdir() if p.is_file() and is_data(p)), key=_numbers)


def is_bag(path: Path) -> bool:
    """Tell whether a path looks like a bag, be it damaged."""
    return bool(data_files(path)) or (path / METADATA).is_file()


class Storage:
    """An opened bag with notes on what was lost.

    The files are read directly, so that a missing, outdated or damaged ``metadata.yaml`` and a
    damaged or missing part of a split bag cost no more than themselves.

    Args:
        path: A rosbag2 folder, or one ``.mcap``, ``.db3`` or ``.bag`` file, also with ``.zstd``
            behind it.

    Attributes:
        files: The files that could be opened, by the time of their first message.
        notes: Sentences on damage that was worked around.

    Raises:
        BagError: If nothing can be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: list[str] = []
        self.files: list[BagFile] = []
        message_store()
        self._copies = tempfile.TemporaryDirectory(prefix='efficientsam3_bag_')
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the files and remove repaired copies."""
        for file in self.files:
            file.close()
        self.files.clear()
        self._copies.cleanup()

    def note(self, text: str) -> None:
        """Add a sentence once."""
        if text not in self.notes:
            self.notes.append(text)

    def records(
        self, topic: str, start_ns: int | None = None, stop_ns: int | None = None
    ) -> Iterator[Record]:
        """Yield the messages of a topic by time of reception, file after file.

        Args:
            topic: Its name.
            start_ns: Only messages received at this time or later.
            stop_ns: Only messages received before this time.
        """
        for file in self.files:
            yield from file.records(self.note, topic, start_ns, stop_ns)

    def _open(self) -> None:
        paths = self._sources()
        lost: list[str] = []
        for path in paths:
            try:
                file, notes = repaired(path, Path(self._copies.name))
            except BagError as error:
                lost.append(str(error))
                continue
            self.notes.extend(notes)
            self.files.append(file)
        if not self.files:
            raise BagError(' '.join(lost))
        self.notes.extend(f'{reason} The other files are read.' for reason in lost)
        if not any(c.msgcount for file in self.files for c in file.connections):
            why = ' '.join(self.notes) or 'was anything recorded?'
            raise BagError(f'{self.path} holds no message; {why}')
        self.files.sort(key=lambda file: file.start_ns)

    def _sources(self) -> list[Path]:
        path = self.path
        if not path.exists():
            raise BagError(f'{path} does not exist; give a bag folder or a file ({_KINDS}).')
        files = data_files(path)
        if not path.is_dir():
            if not files:
                raise BagError(f'{path} is neither a rosbag2 folder nor a data file ({_KINDS}).')
            return files
        if not files:
            raise BagError(f'{path} is no bag: it holds no data file ({_KINDS}).')
        self.notes.extend(_check_metadata(path, files))
        return files


def _check_metadata(folder: Path, files: list[Path]) -> Iterator[str]:
    """Yield what is wrong with ``metadata.yaml``; it is needed for nothing else."""
    path = folder / METADATA
    if all('.bag' in file.suffixes for file in files):
        return  # ROS 1 wrote none
    if not path.is_file():
        yield (
            f'{folder} has no metadata.yaml (the recorder was killed?); its files are read '
            'directly. "ros2 bag reindex" repairs it.'
        )
        return
    try:
        listed = YAML(typ='safe').load(path)['rosbag2_bagfile_information']['relative_file_paths']
        names = [Path(str(name)).name for name in listed]
    except (OSError, UnicodeDecodeError, YAMLError, KeyError, TypeError) as error:
        yield f'{path} cannot be read ({one_line(error)}); the data files are read directly.'
        return
    present = {file.name for file in files} | {file.with_suffix('').name for file in files}
    missing = [n for n in names if n not in present and n.removesuffix('.zstd') not in present]
    if missing:
        yield f'{path} lists {", ".join(missing)}, which is missing; its messages are lost.'


def _numbers(path: Path) -> tuple[object, ...]:
    """Sort ``bag_10`` behind ``bag_9``."""
    parts = re.split(r'(\d+)', path.name)
    return tuple((0, int(part), '') if part.isdigit() else (1, 0, part) for part in parts)
