"""Scores of what was recorded, as plain data: who holds them needs no library of scoring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from efficientsam3_ros.core import FrameResult


@dataclass(frozen=True)
class LiveScores:
    """Scores of a recording against the simulator.

    Attributes:
        frames: How many were scored.
        rows: Name, objects, tracks and metrics as texts, of every concept and of all.
        total: Metrics of all concepts, as JSON knows them.
        by_concept: The same of each concept.
    """

    frames: int
    rows: tuple[tuple[str | int | None, ...], ...]
    total: dict[str, Any]
    by_concept: dict[str, Any]

    @classmethod
    def of(
        cls,
        truth: Sequence[FrameResult],
        results: Sequence[FrameResult],
        concepts: Sequence[str],
        names: Sequence[str],
    ) -> LiveScores:
        """Measure; see ``measure``.

        Args:
            truth: One entry a frame.
            results: One entry a frame.
            concepts: What was asked for.
            names: Metrics of the rows, keys of ``METRIC_INFO``.

        Raises:
            ValueError: If truth and results do not belong together.
        """
        from efficientsam3_ros.evaluation.scoring.measure import measure
        from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO
        from efficientsam3_ros.evaluation.scoring.metrics import Metrics
        from efficientsam3_ros.evaluation.typed_json import to_data

        measured = measure(truth, results, concepts)
        by_concept = {name: Metrics.of(counts) for name, counts in measured.by_concept.items()}
        total = Metrics.of(measured.counts)
        info = [METRIC_INFO[name] for name in names]
        rows = tuple(
            (name, item.objects, item.tracks, *(i.show(item.value(i.name)) for i in info))
            for name, item in [*by_concept.items(), ('all', total)]
        )
        return cls(len(truth), rows, to_data(total), to_data(by_concept))
