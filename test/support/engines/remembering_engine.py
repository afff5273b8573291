"""An engine whose video memory holds who an object is, so that tests can play hide and seek."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from scripted_engine import ScriptedEngine, Seen, make_manifest

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.core.manifest import Graph
from efficientsam3_ros.core.memory_layout import BANK_INPUTS, TRACK_STEP_OUTPUTS, MemoryLayout
from efficientsam3_ros.engine import EngineError, Value

LAYOUT = MemoryLayout(
    conditioning=2, recent=3, pointers=4, latents=3, width=5, pointer_width=6, mask=(48, 64)
)
MEMORY_PORTS = {
    'track_step': (('level_0', 'level_1', *BANK_INPUTS), TRACK_STEP_OUTPUTS),
    'memorise': (('level_1', 'mask_logits', 'object_score'), ('latents',)),
}
GONE = Seen(0, 0, 0, 0, memory_score=0.02, memory_quality=0.1)


def memory_manifest(objects: int = 8, exemplars: bool = False) -> Manifest:
    """Describe a bundle with a video memory that exists in memory only."""
    plain = make_manifest(exemplars=exemplars)
    graphs = {name: Graph(f'{name}.onnx', '', i, o) for name, (i, o) in MEMORY_PORTS.items()}
    return replace(
        plain, graphs={**plain.graphs, **graphs}, bounds={'objects': objects}, memory=LAYOUT
    )


class RememberingEngine(ScriptedEngine):
    """A latent is ``Seen.who`` of the thing under the mask that was memorised.

    ``track_step`` finds the thing that most valid slots name (ties: the conditioning one) at its
    place in ``scene``, with the scores that the scene gives it; the detector passes over things
    whose ``score`` is low. So a thing may be seen by both, by one of them, or by none.
    """

    def __init__(self, manifest: Manifest | None = None) -> None:
        super().__init__(manifest or memory_manifest())
        self.batches: list[int] = []
        self.failing = ''

    def run(self, graph: str, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Run a graph, unless it is to fail."""
        if graph == self.failing:
            raise EngineError(f'Graph "{graph}" fails by order of the test.')
        return super().run(graph, inputs)

    def graph_methods(self) -> dict[str, Callable[[Mapping[str, Value]], dict[str, Value]]]:
        """Add the two graphs of the memory."""
        more = {'track_step': self._track_step, 'memorise': self._memorise}
        return super().graph_methods() | more

    def _memorise(self, inputs: Mapping[str, Value]) -> dict[str, Value]:
        masks = inputs['mask_logits'] > 0
        assert masks.shape[1:] == LAYOUT.mask
        latents = np.zeros((len(masks), LAYOUT.latents, LAYOUT.width), np.float32)
        for row, mask in zip(latents, masks):
            row[:] = max((self._common(mask, thing), thing.who) for thing in [*self.scene, GONE])[
                1
            ]
        return {'latents': latents}

    def _track_step(self, inputs: Mapping[str, Value]) -> dict[str, Value]:
        self._check(inputs)
        names = inputs['memory'][..., 0, 0].astype(int)
        things = [self._find(row, ok) for row, ok in zip(names, inputs['memory_valid'] > 0)]
        self.batches.append(len(things))
        logits = np.full((len(things), *LAYOUT.mask), -5, np.float32)
        for mask, thing in zip(logits, things):
            if thing.w:
                mask[_area(thing)] = 5
        return {
            'mask_logits': logits,
            'quality': np.array([thing.memory_quality for thing in things], np.float32),
            'object_score': np.array([thing.memory_score for thing in things], np.float32),
            'pointer': np.tile(
                np.array([[float(thing.who)] for thing in things]), LAYOUT.pointer_width
            ).astype(np.float32),
        }

    def _check(self, inputs: Mapping[str, Value]) -> None:
        count = len(inputs['memory'])
        assert 1 <= count <= self.manifest.bounds['objects']
        shapes = {
            'memory': (count, LAYOUT.slots, LAYOUT.latents, LAYOUT.width),
            'memory_valid': (count, LAYOUT.slots),
            'pointers': (count, LAYOUT.pointers, LAYOUT.pointer_width),
            'pointer_ages': (count, LAYOUT.pointers),
            'pointer_valid': (count, LAYOUT.pointers),
        }
        for name, shape in shapes.items():
            assert inputs[name].shape == shape
            assert inputs[name].dtype == np.float32
        assert (inputs['memory_valid'].sum(axis=1) >= 1).all()
        assert (inputs['pointer_ages'][inputs['pointer_valid'] > 0] >= 1).all()

    def _find(self, names: np.ndarray, valid: np.ndarray) -> Seen:
        votes = [int(name) for name in names[valid]]
        who = max(votes, key=votes.count)
        return next((thing for thing in self.scene if thing.who == who), GONE)

    def _common(self, mask: np.ndarray, thing: Seen) -> int:
        return int(np.count_nonzero(mask[_area(thing)])) if thing.w else 0


def _area(thing: Seen) -> tuple[slice, slice]:
    return (
        slice(max(0, thing.y), max(0, thing.y + thing.h)),
        slice(max(0, thing.x), max(0, thing.x + thing.w)),
    )
