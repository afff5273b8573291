"""Variants of a run are trained and scored once each, all on the same held-out pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripted_bundle import write_bundle
from scripted_engine import ColorEngine

from training import ablate, calibrate
from training.detector.teachers import check_teachers
from training.runtime.checkpoint import SETTINGS

PLAN = """
config: {config}
overrides: [schedule.steps=2]
variants:
  whole: []
  no masks: [loss.mask=0]
"""


@pytest.fixture
def done(monkeypatch, household, coco_folder, tmp_path) -> list[str]:
    """Return names of what is trained; nothing is."""
    trained = []

    def pretend(plan, name, out):
        trained.append(name)
        run = out / ablate.folder_name(name) / 'run'
        run.mkdir(parents=True, exist_ok=True)
        (run / SETTINGS).write_text('')

    monkeypatch.setattr(ablate, '_trained', pretend)
    monkeypatch.setattr(ablate, 'export', lambda run, out, force: write_bundle(out))
    monkeypatch.setattr(calibrate, 'load_engine', lambda *_, **__: ColorEngine())
    config = tmp_path / 'run.yaml'
    config.write_text(
        'vocabulary: {base: household}\n'
        f'data: {{sources: {{coco: {{root: {coco_folder}, share: 1}}}}}}\n'
    )
    (tmp_path / 'plan.yaml').write_text(PLAN.format(config=config))
    return trained


def test_every_variant_is_scored_and_none_twice(done, tmp_path, capsys):
    plan, out = tmp_path / 'plan.yaml', tmp_path / 'out'
    words = ['--plan', str(plan), '--out', str(out)]
    assert ablate.main([*words, '--only', 'whole']) == 0
    assert done == ['whole']
    assert ablate.main(words) == 0
    assert done == ['whole', 'whole', 'no masks'], 'a finished run ends at once'
    table = (out / ablate.TABLE).read_text()
    assert [line.split('|')[1].strip() for line in table.splitlines()[2:]] == ['whole', 'no masks']
    assert '| cgF1 | coco |' in table.splitlines()[0]
    before = (out / 'whole' / ablate.SCORES).stat().st_mtime_ns
    assert ablate.main(words) == 0
    assert (out / 'whole' / ablate.SCORES).stat().st_mtime_ns == before


def test_settings_of_a_variant_stand_behind_those_of_all(done, tmp_path):
    plan = ablate.Plan.load(tmp_path / 'plan.yaml')
    one = plan.settings('no masks')
    assert one.loss.mask == 0 and one.schedule.steps == 2 and one.name == 'no_masks'


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        ('config: x.yaml\n', 'names no variants'),
        ('config: x.yaml\nvariants: {a: []}\nextra: 1\n', 'extra'),
        ('variants: [', 'is not YAML'),
    ],
)
def test_a_plan_that_is_wrong_is_refused(text, said, tmp_path, capsys):
    (tmp_path / 'plan.yaml').write_text(text)
    code = ablate.main(['--plan', str(tmp_path / 'plan.yaml'), '--out', str(tmp_path / 'out')])
    assert code == 2 and said in capsys.readouterr().err
    assert not (tmp_path / 'out').exists()


def test_a_missing_plan_is_told_where_others_are(tmp_path, capsys):
    assert ablate.main(['--plan', str(tmp_path / 'none.yaml'), '--out', str(tmp_path / 'o')]) == 2
    assert 'does not exist; copy one of' in capsys.readouterr().err
    assert list(ablate.PLANS.glob('*.yaml'))


def test_an_unknown_variant_is_named(done, tmp_path, capsys):
    words = ['--plan', str(tmp_path / 'plan.yaml'), '--out', str(tmp_path / 'out')]
    assert ablate.main([*words, '--only', 'all']) == 2
    assert 'no variant all; it has whole, no masks' in capsys.readouterr().err


def test_the_shipped_plan_is_one_of_settings_that_exist():
    root = Path(ablate.__file__).parent
    plan = ablate.Plan.load(ablate.PLANS / 'nano.yaml')
    plan = ablate.Plan(str(root.parent / plan.config), plan.overrides, plan.variants)
    assert next(iter(plan.variants)) == 'whole'
    lengths = {plan.settings(name).schedule.steps for name in plan.variants}
    assert len(lengths) == 1 and lengths.pop() <= 200, 'as long as each other, and short'
    for name in plan.variants:
        check_teachers(plan.settings(name))


def test_a_variant_that_cannot_be_trained_is_refused_before_the_first(done, tmp_path, capsys):
    plan = (tmp_path / 'plan.yaml').read_text()
    needless = 'student.class_evidence=false, loss.distillation=1, trunk_weights=x.onnx'
    wrong = f'{plan}  no evidence: [{needless}]\n'
    (tmp_path / 'plan.yaml').write_text(wrong)
    words = ['--plan', str(tmp_path / 'plan.yaml'), '--out', str(tmp_path / 'new')]
    assert ablate.main(words) == 2
    assert 'needs student.class_evidence=true' in capsys.readouterr().err
    assert not (tmp_path / 'new').exists()


def test_a_source_that_has_no_figure_in_any_variant_has_no_column():
    nan = float('nan')
    scores = {
        'whole': {'cgF1': 7.0, 'coco': nan, 'unlabeled': nan},
        'b': {'cgF1': 6.0, 'coco': 1.0, 'unlabeled': nan},
    }
    assert ablate.shown(scores).splitlines()[0].split() == [
        '|',
        'variant',
        '|',
        'cgF1',
        '|',
        'coco',
        '|',
    ]
