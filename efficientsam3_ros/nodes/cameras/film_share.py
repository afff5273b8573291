"""A second process that draws frames of a film; each frame is drawn by who claims it first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
import json
import os
from pathlib import Path
import pickle
import struct
import subprocess
import sys
from threading import Timer

from efficientsam3_ros.nodes.cameras.simulation_source import CameraSettings, Film, Shot

_NUMBER = struct.Struct('=I')
_PATIENCE_S = 60.0
"""For the helper's last frame, after our own."""
_MODULE = 'efficientsam3_ros.nodes.cameras.film_share'
_ROOT = Path(__file__).resolve().parents[3]


def claimed(numbers: int) -> Iterator[int]:
    """Yield numbers that nobody else gets, ascending.

    Args:
        numbers: Reading end of a pipe that holds all of them; each read takes one away.
    """
    while len(data := os.read(numbers, _NUMBER.size)) == _NUMBER.size:
        yield _NUMBER.unpack(data)[0]


class FilmHelper(ExitStack):
    """The second process, which is ended with the block.

    It says nothing: what it fails to draw is missing from its shots.

    Args:
        film: The film.

    Attributes:
        numbers: Of the frames to draw, for ``claimed``.
    """

    def __init__(self, film: Film) -> None:
        super().__init__()
        # A pipe holds 64 KiB; 7200 frames are the most.
        self.numbers, sink = os.pipe()
        self.callback(os.close, self.numbers)
        os.write(sink, b''.join(map(_NUMBER.pack, range(film.frames))))
        os.close(sink)
        self._process = subprocess.Popen(
            [sys.executable, '-m', _MODULE, json.dumps(asdict(film.settings)), str(os.getpid())],
            cwd=_ROOT,
            stdin=self.numbers,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.enter_context(self._process)
        self.callback(self._process.kill)

    def shots(self) -> dict[int, Shot]:
        """Wait for the helper to end; return its shots by number."""
        found: dict[int, Shot] = {}
        assert self._process.stdout
        late = Timer(_PATIENCE_S, self._process.kill)
        late.start()
        try:
            while True:
                number, shot = pickle.load(self._process.stdout)
                found[number] = shot
        except (EOFError, pickle.UnpicklingError):
            return found
        finally:
            late.cancel()


def main() -> None:
    """Draw what can be claimed from standard input, then write it to standard output."""
    settings = json.loads(sys.argv[1])
    settings['concepts'] = tuple(settings['concepts'])
    # Whatever libraries print is not to get between the frames.
    with os.fdopen(os.dup(1), 'wb') as out:
        os.dup2(2, 1)
        shots = []
        for item in Film(CameraSettings(**settings)).chosen(claimed(0)):
            shots.append(item)
            if os.getppid() != int(sys.argv[2]):
                return  # nobody reads it
        # Only now: who draws has no time to read.
        for item in shots:
            pickle.dump(item, out, pickle.HIGHEST_PROTOCOL)


if __name__ == '__main__':
    main()
