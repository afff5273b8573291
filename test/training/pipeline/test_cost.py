"""What the stages take: figures by hand, and those of the page."""

from __future__ import annotations

from installed import needs
import pytest

from efficientsam3_ros.model.cost.cost import count_macs, count_parameters
from efficientsam3_ros.model.cost.memory_cost import memory_cost
from efficientsam3_ros.model.registry import student_config
from efficientsam3_ros.model.student_memory import student_memory
from training.cost import main
from training.pipeline.cost import (
    StageCost,
    phase_costs,
    queries_again,
    stage_costs,
    teacher_macs,
)
from training.settings.config import EXAMPLES

pytestmark = needs('transformers')
PAGE = EXAMPLES.parents[1] / 'docs' / 'training_cost.md'


def test_hours_are_operations_over_what_a_gpu_sustains():
    # 10^18 multiply-accumulates are 2 * 10^18 operations: 20,000 seconds at 100 TFLOP.
    assert StageCost('1', 1, 4e17, 6e17, 0).gpu_hours(100) == pytest.approx(20_000 / 3600)


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


def test_edgetams_phases_count_clicks_and_what_is_frozen():
    pictures, sixteen, _ = phase_costs('es_ev_m')
    student = student_config('es_ev_m')
    own, dense = (memory_cost(student_memory(student, k)) for k in ('perceiver', 'dense'))
    encoder, (seen, _) = count_macs(student).encoder, teacher_macs()
    # Nothing is followed in a picture: 64 objects are asked for once, and corrected seven times.
    answers = 22_400_000 * 64 * 8
    assert pictures.teacher == pytest.approx(22_400_000 * seen + answers * dense.decoder)
    assert pictures.student == pytest.approx(3 * (22_400_000 * encoder + answers * own.decoder))
    # Half of the clips are asked for; one or two frames are corrected. No teacher, no gradient of
    # the encoder.
    clips = 43_333 * 256
    assert sixteen.teacher == 0
    answers = clips * 3 / 2 * (1 + 1.5 * 7)
    memory = clips * 16 * 3 * own.total + answers * own.decoder
    assert sixteen.student == pytest.approx(clips * 16 * encoder + 3 * memory)
    frozen = count_parameters(student).encoder
    assert sixteen.disk == 4 * (5 * own.parameters + 3 * frozen)


def test_the_page_says_what_the_command_says(capsys):
    assert main(['--student', 'es_ev_m']) == 0
    told = capsys.readouterr().out
    page = PAGE.read_text()
    rows = [line for line in told.splitlines() if line.startswith('| es_ev_m')]
    assert len(rows) == 6 and all(row in page for row in rows)
    assert told.splitlines()[-1] in page


def test_what_cannot_be_counted_is_refused(capsys):
    for words, message in ((['--student', 'es_xx'], 'es_xx'), (['--tflops', '0'], 'above 0')):
        assert main(words) == 2
        assert message in capsys.readouterr().err
