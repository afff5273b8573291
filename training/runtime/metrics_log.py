"""The log of a run: figures for TensorBoard and as JSON lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import json
import math
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from efficientsam3_ros.core.writing.atomic import write_text

METRICS = 'metrics.jsonl'


class MetricsLog:
    """Writes figures to TensorBoard and as JSON lines, one line a call.

    Args:
        folder: Of the run.
        resume_from: Lines of later steps are dropped, so that a resumed log has no doubles.
    """

    def __init__(self, folder: Path, resume_from: int = 0) -> None:
        self.path = folder / METRICS
        lines = self.path.read_text().splitlines() if self.path.is_file() else []
        kept = [line for line in lines if _step(line) <= resume_from]
        self._last = [json.loads(line) for line in kept if _step(line) == resume_from]
        write_text(self.path, ''.join(line + '\n' for line in kept))
        self.board = SummaryWriter(str(folder / 'tensorboard'), purge_step=resume_from or None)

    def lacks(self, name: str) -> bool:
        """Tell whether no line of the step to resume from holds a figure."""
        return not any(name in line for line in self._last)

    def close(self) -> None:
        """Let TensorBoard's thread end; another line opens its file again."""
        self.board.close()

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Add one line."""
        with self.path.open('a') as stream:
            stream.write(
                json.dumps({'step': step, **{k: round(v, 6) for k, v in values.items()}}) + '\n'
            )
        for name, value in values.items():
            self.board.add_scalar(name, value, step)


def _step(line: str) -> float:
    """Return the step of a line; infinite for one that a killed run left torn."""
    try:
        return float(json.loads(line)['step'])
    except (KeyError, TypeError, ValueError):
        return math.inf


def mean_of(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Average the values of equal names."""
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
