"""``efficientsam3 doctor`` names what is missing, and its exit code tells whether it runs."""

import pytest
from scripted_engine import ColorEngine

from efficientsam3_ros.cli import doctor
from efficientsam3_ros.cli.main import main


@pytest.fixture(autouse=True)
def no_renderer(monkeypatch):
    """Leave the simulator out: it has tests of its own, and takes seconds to start."""
    absent = doctor.Finding('simulator', False, False, 'absent', 'install it')
    monkeypatch.setattr(doctor, '_renderer', lambda: absent)


@pytest.fixture
def working_bundle(monkeypatch, tmp_path):
    engine = ColorEngine()
    for graph in engine.manifest.graphs.values():
        (tmp_path / graph.file).write_bytes(b'x')
    monkeypatch.setattr(doctor, 'find_bundle', lambda name: tmp_path)
    monkeypatch.setattr(doctor.Manifest, 'load', lambda folder: engine.manifest)
    monkeypatch.setattr(doctor, 'load_engine', lambda *_: engine)
    return engine


def test_working_runtime_is_zero_whatever_optional_part_is_missing(working_bundle, capsys):
    assert main(['doctor']) == 0
    out = capsys.readouterr().out
    assert 'scripted: 3 graphs' in out
    assert 'ms a frame' in out
    assert 'the runtime works' in out
    assert working_bundle.closed


def test_missing_bundle_is_one_with_the_remedy(tmp_path, capsys):
    assert main(['doctor', '--bundle', str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert 'needed: bundle:' in out
    assert 'manifest.json' in out
    assert 'the runtime does not work' in out


def test_failing_engine_is_reported_not_raised(working_bundle, monkeypatch, capsys):
    def fail(*_):
        raise RuntimeError('the provider\ncannot start')

    monkeypatch.setattr(doctor, 'load_engine', fail)
    assert main(['doctor']) == 1
    assert 'the provider cannot start' in capsys.readouterr().out


def test_missing_package_is_named_with_its_remedy(working_bundle, monkeypatch, capsys):
    real = doctor.find_spec
    absent = {'rclpy', 'onnxruntime'}
    monkeypatch.setattr(doctor, 'find_spec', lambda n: None if n in absent else real(n))
    assert main(['doctor']) == 1
    out = capsys.readouterr().out
    assert 'needed: onnxruntime: pip install onnxruntime' in out
    assert 'optional: rclpy: source a ROS 2 installation' in out
