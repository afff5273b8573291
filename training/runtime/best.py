"""The averaged weights of the best validation so far, in a small file of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import math
from pathlib import Path
from typing import Any

import torch

from efficientsam3_ros.core.writing.atomic import replacing

BEST = 'best.pt'


@dataclass(frozen=True)
class Monitor:
    """The metric of a validation that tells which weights are best.

    Attributes:
        name: As :meth:`validate` of the training returns it.
        more_is_better: Whether the largest value is the best.
    """

    name: str
    more_is_better: bool = True

    def better(self, value: float, than: float | None) -> bool:
        """Tell whether a value is better than another, or the first; what is not finite is not."""
        if not math.isfinite(value):
            return False
        if than is None:
            return True
        return value > than if self.more_is_better else value < than


class BestWeights:
    """Keeps the file of the best weights.

    Args:
        folder: Of the run.
        monitor: Which metric decides.
        first: Step that a run begins with. What a killed run found best later is not taken for
            best: the steps since are taken again, and a run that starts anew has no best yet.
    """

    def __init__(self, folder: Path, monitor: Monitor, first: int) -> None:
        self.path, self.monitor = folder / BEST, monitor
        self.value = self._kept(first)

    def _kept(self, first: int) -> float | None:
        if not (first and self.path.is_file()):
            return None
        state: dict[str, Any] = torch.load(
            self.path, map_location='cpu', weights_only=True, mmap=True
        )
        of_this_run = state['monitor'] == self.monitor.name and state['step'] <= first
        return float(state['value']) if of_this_run else None

    def offer(self, step: int, metrics: Mapping[str, float], entries: Mapping[str, Any]) -> bool:
        """Write the weights if they are better than those of all validations before.

        Args:
            step: After which they were validated.
            metrics: What the validation found.
            entries: What the file is to hold beside step, metric and value.

        Raises:
            ValueError: If the validation did not find the monitored metric.
        """
        name = self.monitor.name
        if name not in metrics:
            raise ValueError(
                f'The validation found no {name}, by which the best weights are kept.'
            )
        if not self.monitor.better(metrics[name], self.value):
            return False
        self.value = metrics[name]
        with replacing(self.path) as part:
            about = {'step': step, 'monitor': name, 'value': self.value}
            torch.save({**entries, **about}, part)
        return True
