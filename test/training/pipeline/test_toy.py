"""All three stages of a toy student through the command, down to a bundle."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
import json

from installed import needs
from omegaconf import OmegaConf
import tiny_stage1
from tiny_stage1 import SIZE, write_sa1b, write_teacher
import tiny_stage2
from tiny_stage2 import tiny_trackers, write_sav
import tiny_stage3
from tiny_stage3 import write_saco
import yaml

from training import phd
from training.data.clips.clips import Stage
from training.network.trained_parts import TrainedPart
from training.pipeline import running

pytestmark = needs('transformers')
BEHIND = [TrainedPart('image_encoder.neck.fpn_layers'), TrainedPart('detector')]


def settings(root):
    """Return the settings of two steps of each stage."""
    teacher = write_teacher(root / 'teacher')
    one = tiny_stage1.run_config(teacher, write_sa1b(root / 'sa1b'))
    two = tiny_stage2.run_config(teacher, write_sav(root / 'sav'))
    three = tiny_stage3.run_config(teacher, write_saco(root / 'saco'), trained=BEHIND)
    stages = [Stage(2, 1, 2, 2)]
    return {
        'stage1': replace(one, schedule=replace(one.schedule, steps=2)),
        'stage2': replace(two, schedule=replace(two.schedule, stages=stages)),
        'stage3': replace(three, schedule=replace(three.schedule, steps=2)),
    }


def write_pipeline(root):
    steps = []
    for name, config in settings(root).items():
        file = root / f'{name}.yaml'
        file.write_text(OmegaConf.to_yaml(OmegaConf.structured(config)))
        words = ['--config', str(file), '--out', f'{{out}}/{name}']
        if steps:
            words.append(f'initialize_from=[{{out}}/{steps[-1]["name"]}/best.pt]')
        steps.append(step(name, f'training.{name}', words, f'{name}/best.pt'))
    words = ['--run', '{out}/stage3/best.pt', '--memory', '{out}/stage2/best.pt']
    words += ['--out', '{out}/exported', '--size', str(SIZE)]
    steps.append(step('export', 'training.export_student', words, 'exported/manifest.json'))
    words = ['{out}/exported', '--run', '{out}/stage3', '--out', '{out}/bundle']
    steps.append(step('bundle', 'training.calibrate_student', words, 'bundle/manifest.json'))
    path = root / 'toy.yaml'
    path.write_text(yaml.safe_dump({'name': 'toy', 'steps': steps}))
    return path


def step(name, module, words, makes):
    return {'name': name, 'module': module, 'words': words, 'makes': makes}


def test_three_stages_end_with_a_bundle_and_a_report_and_are_not_run_twice(
    tmp_path, monkeypatch, capsys
):
    words = ['--config', str(write_pipeline(tmp_path)), '--out', str(tmp_path / 'run')]
    with tiny_trackers():
        assert phd.main(words) == 0
    out = tmp_path / 'run'
    graphs = json.loads((out / 'bundle/manifest.json').read_text())['graphs']
    assert {'image_encoder', 'text_encoder', 'detector', 'track_step', 'memorise'} <= graphs.keys()
    page = unescape((out / 'report.html').read_text())
    assert all(f'<h2>stage{n}</h2>' in page for n in (1, 2, 3)) and 'val_cgf1' in page
    monkeypatch.setattr(running, '_main_of', lambda module: 1 / 0)
    assert phd.main(words) == 0
    assert capsys.readouterr().out.count('finished before') == 5
