"""Objects without words are shown each in its own first annotated frame, and judged from there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from painted_sequence import HEIGHT, WIDTH, PaintedSequence
import pytest
from scripted_engine import WIDTH as TOKEN_WIDTH
from scripted_engine import ColorEngine, make_manifest, painted_frame

from efficientsam3_ros.core import Frame, FrameResult, Rle
from efficientsam3_ros.core.id_image import true_instance
from efficientsam3_ros.datasets.sequence import TruthKind
from efficientsam3_ros.evaluation.run import in_process
from efficientsam3_ros.evaluation.run.in_process import InProcess
from efficientsam3_ros.evaluation.run.job import Job, run_job
from efficientsam3_ros.evaluation.run.plan import Mode, RunPlan
from efficientsam3_ros.evaluation.run.prompting import LatePrompt, prompts_for

LATE = 4
BLUE = (40, 30, 10, 10)


@dataclass(frozen=True)
class LateSequence(PaintedSequence):
    """A red block, and a blue one from frame ``late`` on; every second frame is annotated."""

    truth_kind: TruthKind = TruthKind.OBJECTS
    concepts: tuple[str, ...] = ()
    late: int = LATE

    def boxes(self, index: int) -> dict[str, tuple[int, int, int, int]]:
        return {'red': self.box(index)} | ({'blue': BLUE} if index >= self.late else {})

    def frames(self) -> Iterator[Frame]:
        for index in range(self.count):
            yield painted_frame(self.boxes(index), HEIGHT, WIDTH, self.stamp(index))

    def truth(self) -> Iterator[FrameResult | None]:
        for index in range(self.count):
            if index % 2:
                yield None
                continue
            items = []
            for number, (x, y, w, h) in enumerate(self.boxes(index).values(), 1):
                bits = np.zeros((HEIGHT, WIDTH), bool)
                bits[y : y + h, x : x + w] = True
                items.append(true_instance(number, f'object {number}', Rle.encode(bits)))
            yield FrameResult(self.stamp(index), 'camera', HEIGHT, WIDTH, 1, tuple(items))


class PointedEngine(ColorEngine):
    """Takes an exemplar box for the color that it finds in its middle, gray for nothing."""

    def __init__(self) -> None:
        super().__init__(make_manifest(exemplars=True))

    def _encode_exemplars(self, inputs):
        cx, cy = inputs['boxes'][0, 0, :2]
        pixel = inputs['level_1'][int(cy * HEIGHT), int(cx * WIDTH)]
        tokens = np.zeros((1, 2, TOKEN_WIDTH), np.float32)
        if pixel.max() > 200:
            tokens[0, 0, 0] = 2 + int(pixel.argmax())
        return {'exemplar_tokens': tokens}


def result(tmp_path, monkeypatch, sequence, **plan):
    monkeypatch.setattr(in_process, 'load_engine', lambda *_: PointedEngine())
    chosen = RunPlan(cache=tmp_path, **plan)
    done = run_job(Job('late', sequence, chosen, 'bundle', True), InProcess(chosen), lambda: None)
    assert not done.error
    return done.result


def test_each_object_is_shown_in_its_own_first_annotated_frame():
    first, second = prompts_for(LateSequence(late=3), (), exemplars=True)
    assert not isinstance(first, LatePrompt)
    assert isinstance(second, LatePrompt)
    assert second.since_ns == LateSequence().stamp(4)
    assert second.boxes[0] == pytest.approx((45 / WIDTH, 35 / HEIGHT, 10 / WIDTH, 10 / HEIGHT))


@pytest.mark.parametrize(
    'plan', [{}, {'mode': Mode.REALTIME}, {'detector_alone': True}], ids=['all', 'live', 'alone']
)
def test_late_object_is_followed_and_judged_from_there(tmp_path, monkeypatch, plan):
    found = result(tmp_path, monkeypatch, LateSequence(), **plan)
    assert found.concepts == ('object 1', 'object 2')
    assert found.metrics.misses == found.metrics.false_positives == 0
    assert found.per_frame.truth_visible[::2] == (1, 1, 2, 2, 2, 2)
    assert any('object 2: shown and judged from a later frame' in note for note in found.notes)
    if 'detector_alone' not in plan:
        assert found.metrics.jf == pytest.approx(1, abs=1e-3)
        assert found.counts.masks.objects == 2


def test_nothing_in_view_at_first_and_something_too_late_for_figures(tmp_path, monkeypatch):
    class Empty(LateSequence):
        def boxes(self, index):
            return {'red': self.box(index)} if index >= 8 else {}

    found = result(tmp_path, monkeypatch, Empty())
    assert found.metrics.misses == 0
    assert any('object 1: in view too late' in note for note in found.notes)
