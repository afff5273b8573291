"""What the stages take: figures by hand, and those of the page."""

from __future__ import annotations

from installed import needs
import pytest

from efficientsam3_ros.model.cost.cost import count_macs
from efficientsam3_ros.model.registry import student_config
from training.config import EXAMPLES
from training.cost import main
from training.pipeline.cost import StageCost, queries_again, stage_costs, teacher_macs

pytestmark = needs('transformers')
PAGE = EXAMPLES.parents[1] / 'docs' / 'training_cost.md'


def test_hours_are_operations_over_what_a_gpu_sustains():
    # 10^18 multiply-accumulates are 2 * 10^18 operations: 20,000 seconds at 100 TFLOP.
    assert StageCost(1, 1, 4e17, 6e17, 0).gpu_hours(100) == pytest.approx(20_000 / 3600)


def test_each_stage_counts_what_it_sees():
    one, two, three = stage_costs('es_ev_m')
    assert (one.pictures, two.pictures, three.pictures) == (5_600_000, 222_208_000, 516_000)
    seen, phrase = teacher_macs()
    macs = count_macs(student_config('es_ev_m'))
    # Half of the run: of each batch of 16 pictures two masks in two rounds.
    asked = 5_600_000 / 16 / 2 * 4
    assert one.teacher == pytest.approx(5_600_000 * seen + asked * phrase)
    assert one.student == pytest.approx(3 * (5_600_000 * macs.encoder + asked * phrase))
    assert three.teacher == pytest.approx(516_000 * (seen + 16 * phrase))
    assert 2e12 < seen < 4e12
    # The decoder reads image and phrase for 200 more queries, which see nobody.
    student = student_config('es_ev_m')
    again = queries_again(student.detector, student.grid, student.context)
    assert 0.3 * macs.decoder < again < macs.decoder
    phrase = macs.text + macs.exemplar + macs.detector + again
    assert three.student == pytest.approx(3 * 516_000 * (macs.encoder + 16 * phrase))


def test_the_page_says_what_the_command_says(capsys):
    assert main(['--student', 'es_ev_m']) == 0
    told = capsys.readouterr().out
    page = PAGE.read_text()
    rows = [line for line in told.splitlines() if line.startswith('| es_ev_m')]
    assert len(rows) == 3 and all(row in page for row in rows)
    assert told.splitlines()[-1] in page


def test_what_cannot_be_counted_is_refused(capsys):
    for words, message in ((['--student', 'es_xx'], 'es_xx'), (['--tflops', '0'], 'above 0')):
        assert main(words) == 2
        assert message in capsys.readouterr().err
