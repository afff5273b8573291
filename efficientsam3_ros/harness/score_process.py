"""Scoring in a process of its own, while this one writes pictures."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
import pickle
import subprocess
import sys

from efficientsam3_ros.core import FrameResult
from efficientsam3_ros.harness.live_scores import LiveScores

_MODULE = 'efficientsam3_ros.harness.score_process'
_ROOT = Path(__file__).resolve().parents[2]


class ScoreProcess(ExitStack):
    """The process, which is ended with the block; it loads its libraries at once, then waits.

    It says nothing: what it fails to measure is measured here.
    """

    def __init__(self) -> None:
        super().__init__()
        self._process = subprocess.Popen(
            [sys.executable, '-m', _MODULE],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.callback(self._end)

    def begin(
        self,
        truth: Sequence[FrameResult],
        results: Sequence[FrameResult],
        concepts: Sequence[str],
        names: Sequence[str],
    ) -> None:
        """Begin to measure; see ``LiveScores.of``."""
        self._task = truth, results, concepts, names
        assert self._process.stdin
        with suppress(BrokenPipeError), self._process.stdin as stdin:
            pickle.dump(self._task, stdin, pickle.HIGHEST_PROTOCOL)

    def scores(self) -> LiveScores:
        """Wait for the scores of what ``begin`` was given.

        Raises:
            ValueError: If truth and results do not belong together.
        """
        assert self._process.stdout
        try:
            scores: LiveScores = pickle.load(self._process.stdout)
        except (EOFError, pickle.UnpicklingError):
            return LiveScores.of(*self._task)
        return scores

    def _end(self) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        self._process.wait()


def main() -> None:
    """Read one task from standard input and write its scores to standard output."""
    import efficientsam3_ros.evaluation.scoring.measure  # noqa: F401

    scores = LiveScores.of(*pickle.load(sys.stdin.buffer))
    pickle.dump(scores, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)


if __name__ == '__main__':
    main()
