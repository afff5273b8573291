"""A bundle that was changed, cut or mixed is not used."""

from __future__ import annotations

import json
import math
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
    with pytest.raises(BundleError, match='color is unknown; export the bundle again'):
        Manifest.load(bundle)


WRONG = {
    'name': ['', 3, None, 'a\x1b[31m', 'x' * 10_000],
    'words': ['red mug', [1], [None], ['red', 'red'], [''], {'red': 1}],
    'context': [0, -4, 2.5, True, '4', 10**12],
    'width': [0, -1, 8.0, None, 10**12],
    'threshold': ['high', math.nan, -3, math.inf, None, [0.5], True, 10**400],
    'presence_gate': ['on', math.nan, -0.1, 2],
    'license': [3, None],
    'graphs': [[], 'x', {'detector': []}, {'detector': {'file': 'a.onnx'}}],
    'tokenizer_kind': ['bpe', 3],
    'always_exemplar': ['yes', 1, True],
    'precision': ['fp8', 32],
    'bounds': [[], {'prompts': -1}, {'prompts': 1.5}, {'prompts': math.inf}],
    'parity': [[], {'detector': 'small'}, {'detector': math.nan}, {'detector': -1}],
    'memory': [[], 3, {}],
}


@pytest.mark.parametrize(('field', 'value'), [(f, v) for f, many in WRONG.items() for v in many])
def test_a_wrong_field_is_refused_by_its_name(bundle, field, value):
    edit(bundle, **{field: value})
    with pytest.raises(BundleError, match=field) as refusal:
        Manifest.load(bundle)
    text = str(refusal.value)
    assert 'export the bundle again' in text
    assert len(text.replace(str(bundle), '')) < 400 and '\n' not in text and '\x1b' not in text


@pytest.mark.parametrize(
    ('entry', 'value'),
    [
        ('file', '../detector.onnx'),
        ('file', '/etc/passwd'),
        ('file', ''),
        ('file', 3),
        ('sha256', None),
        ('inputs', 'image'),
        ('inputs', []),
        ('outputs', ['b', 'b']),
        ('outputs', [3]),
    ],
)
def test_a_graph_lies_inside_the_bundle_and_names_its_ports(bundle, entry, value):
    graphs = json.loads((bundle / 'manifest.json').read_text())['graphs']
    graphs['detector'][entry] = value
    edit(bundle, graphs=graphs)
    with pytest.raises(BundleError, match=rf'graphs\.detector\.{entry}'):
        Manifest.load(bundle)


@pytest.mark.parametrize(
    'change',
    [{'height': -24}, {'height': 10**9}, {'mean': [0.5]}, {'mean': 'dark'}, {'std': [0, 1, 1]},
     {'std': [math.nan] * 3}, {'mean': [math.inf] * 3}, {'width': '32'}, {'hue': 3}],
    ids=str,
)  # fmt: skip
def test_wrong_preprocess_settings_are_named(bundle, change):
    preprocess = json.loads((bundle / 'manifest.json').read_text())['preprocess']
    edit(bundle, preprocess=preprocess | change)
    with pytest.raises(BundleError, match=r'(?i)preprocess|input size|mean|std'):
        Manifest.load(bundle)


@pytest.mark.parametrize('data', [b'[' * 200_000, b'\xff\xfe', b'', b' ' * 17_000_000, b'NaN'])
def test_what_is_no_manifest_is_refused(bundle, data):
    (bundle / 'manifest.json').write_bytes(data)
    with pytest.raises(BundleError, match='manifest'):
        Manifest.load(bundle)


def test_a_mark_before_the_text_is_read(bundle):
    path = bundle / 'manifest.json'
    path.write_bytes(b'\xef\xbb\xbf' + path.read_bytes())
    assert Manifest.load(bundle).name == 'test'


def test_a_folder_without_manifest_is_no_bundle(tmp_path):
    with pytest.raises(BundleError, match='is no bundle'):
        Manifest.load(tmp_path)


def test_synonyms_are_read_and_checked(bundle):
    edit(bundle, synonyms={'cups': 'mug', 'pink cup': 'red mug'})
    assert Manifest.load(bundle).tokenizer().encode(['pink cup']).tolist() == [[2, 3, 0, 0]]
    for wrong, told in (({'Cup': 'mug'}, 'Cup'), ({'cup': 'beaker'}, 'cup'), ({'': 'mug'}, '')):
        edit(bundle, synonyms=wrong)
        with pytest.raises(BundleError, match=rf'synonyms.*{told}.*export the bundle again'):
            Manifest.load(bundle)
