"""Bundles are found by name or path, backends by name."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tiny_onnx import write_tiny_bundle

from efficientsam3_ros.core import BundleError
from efficientsam3_ros.engine import (
    BACKENDS,
    EngineError,
    EngineOptions,
    available_backends,
    bundles,
    find_bundle,
    load_engine,
    registry,
)


@pytest.fixture
def embedded(tmp_path, monkeypatch):
    monkeypatch.setattr(bundles, 'EMBEDDED', tmp_path / 'bundles')
    folder = tmp_path / 'bundles' / 'nano_test'
    folder.mkdir(parents=True)
    return write_tiny_bundle(folder)


def test_an_embedded_bundle_is_found_by_name(embedded):
    assert find_bundle('nano_test') == embedded


def test_any_folder_is_found_by_path(embedded, tmp_path):
    folder = tmp_path / 'mine'
    folder.mkdir()
    write_tiny_bundle(folder)
    assert find_bundle(folder) == folder
    assert find_bundle(str(folder)) == folder


def test_an_unknown_name_lists_what_is_there(embedded):
    with pytest.raises(BundleError, match=r'no bundle "nano".*Embedded bundles: nano_test'):
        find_bundle('nano')


def test_a_bundle_of_earlier_versions_is_told_what_took_its_place(embedded, tmp_path, monkeypatch):
    said = r'^The bundle "nano_tabletop" was replaced; name "nano"\.$'
    for find in (find_bundle, load_engine):
        with pytest.raises(BundleError, match=said):
            find(' nano_tabletop')
    # A folder of that name is a user's own.
    (tmp_path / 'nano_tabletop').mkdir()
    monkeypatch.chdir(tmp_path)
    write_tiny_bundle(tmp_path / 'nano_tabletop')
    assert find_bundle('nano_tabletop').resolve() == tmp_path / 'nano_tabletop'


def test_a_folder_without_manifest_is_told_apart_from_a_wrong_name(embedded, tmp_path):
    with pytest.raises(BundleError, match='is no bundle'):
        find_bundle(tmp_path)


def test_an_empty_name_is_refused():
    with pytest.raises(BundleError, match='empty'):
        find_bundle(' ')


def test_wrong_backends_and_threads_are_refused(embedded):
    with pytest.raises(EngineError, match='choose one of onnxruntime'):
        load_engine('nano_test', backend='magic')
    with pytest.raises(EngineError, match='threads'):
        load_engine('nano_test', threads=-1)


def test_a_gpu_that_is_not_there_is_said_plainly(embedded):
    ready = available_backends()
    assert ready['onnxruntime'].startswith('ready')
    if not ready['onnxruntime-cuda'].startswith('ready'):
        with pytest.raises(EngineError, match='install onnxruntime-gpu'):
            load_engine('nano_test', backend='onnxruntime-cuda')


def test_importing_the_engine_does_not_import_a_backend():
    code = (
        'import sys, efficientsam3_ros.engine, efficientsam3_ros.tracking;'
        "heavy = {'onnxruntime', 'torch', 'rclpy', 'scipy'} & set(sys.modules);"
        'sys.exit(" ".join(heavy) or 0)'
    )
    done = subprocess.run(
        [sys.executable, '-c', code],
        capture_output=True,
        text=True,
        check=False,
        env={'PYTHONPATH': ':'.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr


def test_a_precision_may_follow_the_backends_name(embedded):
    with pytest.raises(EngineError, match='export the bundle with --precision fp16'):
        load_engine('nano_test', backend='onnxruntime:fp16')
    with pytest.raises(EngineError, match='Unknown precision "fp8"'):
        load_engine('nano_test', backend='onnxruntime:fp8')
    options = EngineOptions(precision='bf16')
    with pytest.raises(EngineError, match='--precision bf16'):
        load_engine('nano_test', options=options)


def test_every_backend_says_whether_it_works_or_what_to_do():
    states = available_backends()
    assert tuple(states) == BACKENDS
    for name, state in states.items():
        assert state.startswith('ready') or any(
            word in state for word in ('install', 'onnxruntime-gpu', 'driver', 'GPU')
        ), (name, state)


@pytest.mark.parametrize('name', BACKENDS)
def test_the_file_of_a_backend_is_found_without_its_package(monkeypatch, name):
    """Files are named as text, which neither the type checker nor import-linter follows."""
    for module in ('onnxruntime', 'openvino', 'tensorrt', 'torch'):
        monkeypatch.setitem(sys.modules, module, None)
    code = registry._TABLE[name].code()
    assert callable(code.open_engine) and callable(code.require)
    if not name.startswith('torch'):  # it looks for a GPU only
        with pytest.raises(EngineError):
            code.require(name)


def test_a_package_that_is_absent_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setattr(registry, 'find_spec', lambda name: None)
    states = available_backends()
    assert states['openvino'] == 'openvino is not installed: pip install openvino'
    assert 'python3-libnvinfer' in states['tensorrt']
