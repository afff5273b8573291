"""What lies where the truth says nothing is not scored, in every figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from painted_sequence import HEIGHT, WIDTH, PaintedSequence, color_predictor

from efficientsam3_ros.core import Rle
from efficientsam3_ros.evaluation.run.job import Job, run_job
from efficientsam3_ros.evaluation.run.plan import RunPlan


@dataclass(frozen=True)
class SilentCorner(PaintedSequence):
    """Asks for the blue block, too, which the truth does not show; it lies in the corner."""

    concepts: tuple[str, ...] = ('red block', 'blue block')
    corner: int = 0

    def unlabeled(self) -> Iterator[Rle]:
        bits = np.zeros((HEIGHT, WIDTH), bool)
        bits[HEIGHT - self.corner :, WIDTH - 2 * self.corner :] = True
        for _ in range(self.count):
            yield Rle.encode(bits)


def result(tmp_path, corner):
    plan = RunPlan(cache=tmp_path)
    job = Job('silent', SilentCorner(corner=corner), plan, 'bundle')
    done = run_job(job, color_predictor(plan), lambda: None)
    assert not done.error
    return done.result


def test_masks_where_nothing_is_labeled_are_neither_right_nor_wrong(tmp_path):
    heard = result(tmp_path, corner=0)
    assert heard.metrics.false_positives > 0
    assert not heard.notes
    silent = result(tmp_path, corner=20)
    assert silent.metrics.false_positives == 0
    assert silent.metrics.matches == heard.metrics.matches > 0
    assert {track.concept for track in silent.tracks} == {'red block'}
    assert silent.notes == (
        f'{heard.metrics.false_positives} masks lie mostly where nothing is labeled; they are '
        'not scored.',
    )
