"""Opens what lies at a path, as far as it can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import tempfile

from rosbags.highlevel import AnyReader
from rosbags.highlevel.anyreader import AnyReaderError
from rosbags.rosbag2 import ReaderError

from efficientsam3_ros.bags.errors import BagError
from efficientsam3_ros.bags.salvage import is_cut_off, salvage
from efficientsam3_ros.bags.typestore import message_store

SUFFIXES = ('.mcap', '.db3')


class Storage:
    """An opened bag with notes on what was lost.

    Args:
        path: A rosbag2 folder, or one ``.mcap`` or ``.db3`` file.

    Attributes:
        notes: Sentences on damage that was worked around.

    Raises:
        BagError: If nothing can be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: list[str] = []
        self._copies = tempfile.TemporaryDirectory(prefix='efficientsam3_bag_')
        try:
            self.reader = self._open()
        except BaseException:
            self._copies.cleanup()
            raise

    def close(self) -> None:
        """Close the files and remove copies of mended ones."""
        self.reader.close()
        self._copies.cleanup()

    def _open(self) -> AnyReader:
        if not self.path.exists():
            raise BagError(f'{self.path} does not exist; give a bag folder, .mcap or .db3 file.')
        paths = list(self._sources())
        try:
            reader = AnyReader(paths, default_typestore=message_store())
            reader.open()
        # The storage libraries raise whatever a damaged file makes them stumble over.
        except Exception as error:
            raise BagError(f'{self.path} cannot be read: {_reason(error)}') from error
        if not reader.message_count:
            reader.close()
            raise BagError(f'{self.path} holds no message; was anything recorded?')
        return reader

    def _sources(self) -> Iterator[Path]:
        """Yield the folder, or its files where the folder as such cannot be read."""
        folder = self.path.is_dir()
        files = sorted(p for p in self.path.iterdir() if p.suffix in SUFFIXES) if folder else []
        files = files if folder else [self.path]
        if not folder and self.path.suffix not in SUFFIXES:
            raise BagError(f'{self.path} is neither a rosbag2 folder nor a .mcap or .db3 file.')
        complete = (self.path / 'metadata.yaml').is_file()
        cut_off = [p for p in files if p.suffix == '.mcap' and is_cut_off(p)]
        if complete and not cut_off:
            yield self.path
            return
        if not files:
            raise BagError(f'{self.path} is no bag: it holds no metadata.yaml and no data.')
        if folder and not complete:
            self.notes.append(
                f'{self.path} has no metadata.yaml (the recorder was killed?); its files are '
                'read directly. "ros2 bag reindex" mends it.'
            )
        for file in files:
            yield self._mended(file) if file in cut_off else file

    def _mended(self, file: Path) -> Path:
        target = Path(self._copies.name) / file.name
        salvage(file, target)
        self.notes.append(f'{file} is cut off; its complete part is read.')
        return target


def _reason(error: Exception) -> str:
    text = ' '.join(str(error).split()).rstrip('.') or type(error).__name__
    if isinstance(error, (AnyReaderError, ReaderError)):
        return f'{text}. Record or copy it again.'
    return f'{type(error).__name__}: {text}. The file is damaged; copy it again.'
