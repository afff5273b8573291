"""A bundle that was changed, cut or mixed is not used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from efficientsam3_ros.core import BundleError, Manifest, Preprocess
from efficientsam3_ros.core.manifest import REQUIRED_GRAPHS, Graph, file_sha256


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    graphs = {}
    for name in REQUIRED_GRAPHS:
        path = tmp_path / f'{name}.onnx'
        path.write_bytes(name.encode())
        graphs[name] = Graph(path.name, file_sha256(path), ('a',), ('b', 'c'))
    manifest = Manifest(
        name='test',
        preprocess=Preprocess(24, 32),
        words=('red', 'mug'),
        context=4,
        width=8,
        threshold=0.4,
        license='Apache-2.0',
        presence_gate=0.8,
        graphs=graphs,
    )
    manifest.save(tmp_path)
    return tmp_path


def edit(bundle: Path, **changes: object) -> None:
    path = bundle / 'manifest.json'
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_what_is_saved_is_loaded(bundle):
    manifest = Manifest.load(bundle)
    assert manifest.preprocess == Preprocess(24, 32)
    assert manifest.graphs['detector'].outputs == ('b', 'c')
    assert (manifest.threshold, manifest.presence_gate) == (0.4, 0.8)
    assert manifest.tokenizer().encode(['red mug']).tolist() == [[2, 3, 0, 0]]


def test_a_changed_graph_is_refused_unless_checking_is_off(bundle):
    (bundle / 'detector.onnx').write_bytes(b'other')
    with pytest.raises(BundleError, match=r'detector\.onnx does not match its checksum'):
        Manifest.load(bundle)
    assert Manifest.load(bundle, verify=False).name == 'test'


def test_a_missing_graph_is_named_even_when_checking_is_off(bundle):
    (bundle / 'detector.onnx').unlink()
    with pytest.raises(BundleError, match=r'detector\.onnx is missing'):
        Manifest.load(bundle, verify=False)


def test_edited_preprocess_settings_are_refused(bundle):
    edit(bundle, preprocess={'height': 24, 'width': 33})
    with pytest.raises(BundleError, match='edited after the export'):
        Manifest.load(bundle)


def test_a_bundle_without_a_required_graph_is_refused(bundle):
    graphs = json.loads((bundle / 'manifest.json').read_text())['graphs']
    del graphs['text_encoder']
    edit(bundle, graphs=graphs)
    with pytest.raises(BundleError, match='lists no text_encoder'):
        Manifest.load(bundle)


def test_another_format_is_refused(bundle):
    edit(bundle, format_version=99)
    with pytest.raises(BundleError, match=r'format_version 99, .* reads 2; export the bundle'):
        Manifest.load(bundle)


def test_an_old_format_is_refused_whatever_names_it_has(bundle):
    edit(bundle, format_version=1, licence='Apache-2.0')
    with pytest.raises(BundleError, match=r'format_version 1, .* reads 2; export the bundle'):
        Manifest.load(bundle)


def test_an_old_name_is_refused_with_the_new_one(bundle):
    edit(bundle, licence='Apache-2.0')
    with pytest.raises(BundleError, match='"licence" is now "license"; export the bundle again'):
        Manifest.load(bundle)


@pytest.mark.parametrize('name', ['threshold', 'presence_gate'])
def test_threshold_and_gate_lie_in_their_range(bundle, name):
    edit(bundle, **{name: 1.5})
    with pytest.raises(BundleError, match=rf'{name} is 1\.5, it lies in 0\.\.1'):
        Manifest.load(bundle)


@pytest.mark.parametrize('text', ['{', '[]', '{"format_version": 2}'])
def test_a_damaged_manifest_is_a_bundle_error(bundle, text):
    (bundle / 'manifest.json').write_text(text)
    with pytest.raises(BundleError):
        Manifest.load(bundle)


def test_an_unknown_field_is_a_bundle_error(bundle):
    edit(bundle, color='blue')
    with pytest.raises(BundleError, match='damaged'):
        Manifest.load(bundle)


def test_a_folder_without_manifest_is_no_bundle(tmp_path):
    with pytest.raises(BundleError, match='is no bundle'):
        Manifest.load(tmp_path)
