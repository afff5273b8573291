"""The command: what it starts with, what it refuses, and the bundle that it writes."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from omegaconf import OmegaConf
from own_export import some_pictures, write_json, write_pictures
import pytest
from scripted_engine import make_manifest
import torch

from efficientsam3_ros.core import BundleError, Manifest
from efficientsam3_ros.core.manifest import Graph, file_sha256
from efficientsam3_ros.model.nano_config import NanoConfig
from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.vocabulary import Vocabulary, VocabularyConfig
from training.detector.config import SupervisedConfig
from training.finetune import __main__ as command
from training.finetune import new_bundle
from training.finetune.held_out import OperatingChoice
from training.finetune.new_bundle import set_operating_point, write_card, write_new_bundle
from training.finetune.setup import make_config, new_of, told
from training.finetune.start import Start, find_start, shipped, start_network
from training.runtime.checkpoint import step_of
from training.settings.reading import ConfigError


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / 'own'
    write_pictures(folder, some_pictures(10))
    write_json(folder / 'a.json', some_pictures(10))
    return folder


def test_the_shipped_weights_fit_their_settings(own):
    assert shipped()
    for name in shipped():
        begin = find_start(name)
        config = make_config(begin, own, ['mug'], ('schedule.steps=7',))
        assert config.schedule.steps == 7
        start_network(config)


def test_new_nouns_and_those_that_count_as_unknown(own):
    begin = find_start(shipped()[0])
    config = make_config(begin, own, ['mug'], ())
    assert new_of(config) == ['bolt', 'nut']
    assert 'mug' in Vocabulary.of(config.start_vocabulary).words
    assert 'mug' not in Vocabulary.of(config.vocabulary).words
    assert '8 pictures to train on, 2 held out' in told(config)


def test_the_teacher_of_the_weights_is_no_teacher_of_own_nouns(own, tmp_path):
    begin = find_start(shipped()[0])
    taught = OmegaConf.load(begin.settings)
    OmegaConf.update(taught, 'loss.teacher_naming', 1.0)
    OmegaConf.save(taught, tmp_path / 'taught.yaml')
    begin = replace(begin, settings=tmp_path / 'taught.yaml')
    assert make_config(begin, own, [], ()).loss.teacher_naming == 0
    with pytest.raises(ConfigError, match='supervised only'):
        make_config(begin, own, [], ('loss.teacher_naming=1',))


def test_a_start_that_is_missing_is_named(tmp_path):
    (tmp_path / 'w.pt').write_bytes(b'')
    for name, bundle, message in (
        ('nobody', '', f"no weights 'nobody'; choose one of .*{shipped()[0]}"),
        (str(tmp_path), '', 'holds no checkpoint.pt'),
        (str(tmp_path / 'w.pt'), '', 'with --bundle'),
        (str(tmp_path / 'w.pt'), 'nano', 'with --settings'),
    ):
        with pytest.raises(ConfigError, match=message):
            find_start(name, bundle)


def test_the_start_of_earlier_versions_is_told_what_took_its_place():
    with pytest.raises(BundleError, match='was replaced; name "nano"'):
        find_start('nano_tabletop')


def bundle_of(folder, *files):
    """Write a bundle whose graphs hold their names."""
    folder.mkdir()
    graphs = {}
    for name, graph in make_manifest(exemplars=True).graphs.items():
        path = folder / f'{name}.onnx'
        path.write_text(f'{folder.name} {name}')
        graphs[name] = Graph(path.name, file_sha256(path), graph.inputs, graph.outputs)
    manifest = replace(make_manifest(exemplars=True), graphs=graphs)
    manifest.save(folder)
    return manifest


def test_all_but_text_and_detector_are_those_of_before(tmp_path, monkeypatch):
    before = bundle_of(tmp_path / 'start')
    asked = []

    def export_bundle(plans, folder, about, options):
        asked.append(sorted(plans))
        for name in plans:
            (folder / f'{name}.onnx').write_text('new')
        found = {n: replace(g, sha256=file_sha256(folder / g.file)) for n, g in
                 about.graphs.items()}  # fmt: skip
        fresh = {n: replace(before.graphs[n], sha256=file_sha256(folder / f'{n}.onnx'))
                 for n in plans}  # fmt: skip
        made = replace(about, graphs=found | fresh)
        made.save(folder)
        return made

    monkeypatch.setattr(new_bundle, 'export_bundle', export_bundle)
    monkeypatch.setattr(new_bundle, 'nano_plans', lambda student: dict.fromkeys(before.graphs))
    out = tmp_path / 'mine'
    words = (*before.words, 'bolt')
    tokenizer = SimpleNamespace(words=words, synonyms={'screw': 'bolt'})
    write_new_bundle(out, None, tmp_path / 'start', 'mine', tokenizer)
    set_operating_point(out, OperatingChoice(0.3, 0.6))
    write_card(out, 'start', ['About.'], '| noun |')
    after = Manifest.load(out)
    assert asked == [['detector', 'text_encoder']]
    assert (after.name, after.words, after.threshold, after.presence_gate) == (
        ('mine', words, 0.3, 0.6)
    )  # fmt: skip
    for name in ('image_encoder', 'exemplar_encoder'):
        assert after.graphs[name] == before.graphs[name]
    assert after.graphs['detector'] != before.graphs['detector']
    assert not after.tokenizer().unknown_words('red bolts')
    assert '`start`' in (out / 'README.md').read_text()


def test_the_command_refuses_before_it_trains(own, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(
        command, 'find_start', lambda *_: Start(tmp_path / 'w.pt', tmp_path / 'c', tmp_path / 'b')
    )
    arguments = ['--coco', str(own), '--out']
    for out, more, message in (
        (own, [], 'is the same as'),
        (tmp_path / 'x', ['--run', str(tmp_path / 'x')], 'is or holds'),
        (tmp_path / 'x', ['--steps', '0'], 'steps'),
    ):
        assert command.main([*arguments, str(out), *more]) == 2
        assert message in capsys.readouterr().err
    assert not (tmp_path / 'x').exists()


def test_a_run_may_be_estimated_or_end_early_without_a_bundle(own, tmp_path, capsys, monkeypatch):
    student = NanoConfig(input_height=48, input_width=64, width=16, queries=4, heads=2)
    words = Vocabulary.of(VocabularyConfig()).tokenizer(student.text_context).size
    weights, settings = tmp_path / 'w.pt', tmp_path / 'c.yaml'
    torch.save(NanoStudent(replace(student, vocabulary_size=words)).state_dict(), weights)
    OmegaConf.save(OmegaConf.structured(SupervisedConfig(student=student)), settings)
    begin = Start(weights, settings, tmp_path / 'b')
    finished = []
    monkeypatch.setattr(command, 'find_start', lambda *_: begin)
    monkeypatch.setattr(command, 'check_bundle', lambda *_: None)
    monkeypatch.setattr(command, 'finish', lambda *given: finished.append(given))
    few = ['schedule.validation_batches=1', 'data.scenes=1', 'workers=0']
    arguments = ['--coco', str(own), '--out', str(tmp_path / 'x'), '--steps', '2', *few]
    assert command.main([*arguments, '--dry-run']) == 0
    assert '| exemplar_encoder' in capsys.readouterr().out
    assert not (tmp_path / 'x.training').exists()
    assert command.main([*arguments, '--max-steps', '1']) == 0
    assert step_of(tmp_path / 'x.training/checkpoint.pt') == 1 and not finished
    assert command.main(arguments) == 0
    assert len(finished) == 1
