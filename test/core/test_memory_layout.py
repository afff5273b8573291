"""A bundle's video memory is whole or refused."""

from __future__ import annotations

from dataclasses import asdict, replace
import json

import pytest

from efficientsam3_ros.core import BundleError, Manifest, Preprocess
from efficientsam3_ros.core.manifest import Graph, file_sha256
from efficientsam3_ros.core.memory_layout import BANK_INPUTS, TRACK_STEP_OUTPUTS, MemoryLayout

LAYOUT = MemoryLayout(2, 4, 8, 37, 64, 96, (120, 160))
PORTS = {
    'image_encoder': (('image',), ('level_0', 'level_1')),
    'text_encoder': (('token_ids',), ('text_tokens',)),
    'detector': (('level_0',), ('scores',)),
    'track_step': (('level_0', 'level_1', *BANK_INPUTS), TRACK_STEP_OUTPUTS),
    'memorise': (('level_1', 'mask_logits', 'object_score'), ('latents',)),
}


@pytest.fixture
def manifest(tmp_path) -> Manifest:
    """Return the description of a whole bundle in ``tmp_path``."""
    graphs = {}
    for name, (inputs, outputs) in PORTS.items():
        path = tmp_path / f'{name}.onnx'
        path.write_bytes(name.encode())
        graphs[name] = Graph(path.name, file_sha256(path), inputs, outputs)
    return Manifest(
        name='test',
        preprocess=Preprocess(24, 32),
        words=('mug',),
        context=4,
        width=8,
        threshold=0.4,
        license='Apache-2.0',
        graphs=graphs,
        bounds={'objects': 16},
        memory=LAYOUT,
    )


def test_sizes_are_saved_and_loaded(manifest, tmp_path):
    manifest.save(tmp_path)
    assert Manifest.load(tmp_path).memory == LAYOUT
    assert LAYOUT.slots == 6


def test_a_manifest_of_before_the_memory_has_none(manifest, tmp_path):
    graphs = {name: g for name, g in manifest.graphs.items() if name not in PORTS or
              name in ('image_encoder', 'text_encoder', 'detector')}  # fmt: skip
    replace(manifest, graphs=graphs, memory=None, bounds={}).save(tmp_path)
    path = tmp_path / 'manifest.json'
    data = json.loads(path.read_text())
    del data['memory']
    path.write_text(json.dumps(data))
    assert Manifest.load(tmp_path).memory is None


@pytest.mark.parametrize(
    ('change', 'word'),
    [
        ({'memory': None}, 'has only track_step and memorise'),
        ({'bounds': {}}, '"objects"'),
        ({'graphs': 'memorise'}, 'has only track_step and the sizes'),
    ],
    ids=['sizes', 'bounds', 'graph'],
)
def test_half_a_memory_is_refused(manifest, change, word):
    if 'graphs' in change:
        change = {'graphs': {n: g for n, g in manifest.graphs.items() if n != change['graphs']}}
    with pytest.raises(BundleError, match=word):
        replace(manifest, **change)


@pytest.mark.parametrize(
    ('graph', 'inputs', 'outputs', 'word'),
    [
        ('track_step', ('level_0', *BANK_INPUTS[1:]), TRACK_STEP_OUTPUTS, 'no input memory'),
        ('track_step', ('level_0', *BANK_INPUTS), TRACK_STEP_OUTPUTS[1:], 'no output mask_logits'),
        ('track_step', ('depth', *BANK_INPUTS), TRACK_STEP_OUTPUTS, 'reads depth'),
        ('memorise', ('level_1', 'mask_logits'), ('latents',), 'no input object_score'),
    ],
)
def test_graphs_with_other_ports_are_refused_by_name(manifest, graph, inputs, outputs, word):
    changed = replace(manifest.graphs[graph], inputs=inputs, outputs=outputs)
    with pytest.raises(BundleError, match=f'{graph}.*{word}'):
        replace(manifest, graphs={**manifest.graphs, graph: changed})


@pytest.mark.parametrize(
    ('change', 'word'),
    [
        ({'latents': 0}, 'latents is 0'),
        ({'recent': 2.5}, 'recent is 2.5'),
        ({'latents': 10**9}, 'at most'),
        ({'mask': [120]}, 'a list of 2'),
        ({'mask': [0, 160]}, 'mask rows is 0'),
        ({'glue': 3}, 'glue'),
    ],
    ids=lambda value: str(value)[:20],
)
def test_wrong_sizes_are_named(manifest, tmp_path, change, word):
    manifest.save(tmp_path)
    path = tmp_path / 'manifest.json'
    data = json.loads(path.read_text())
    data['memory'] = asdict(LAYOUT) | change
    path.write_text(json.dumps(data))
    with pytest.raises(BundleError, match=word):
        Manifest.load(tmp_path)
