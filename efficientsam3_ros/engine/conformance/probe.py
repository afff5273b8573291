"""The engine under test, inputs for every graph, and the reference's answers to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.engine.graph_io import TensorSpec
from efficientsam3_ros.engine.onnxruntime_backend import OnnxRuntimeEngine
from efficientsam3_ros.engine.protocol import Engine, Value

TOLERANCES = {'fp32': 1e-4, 'fp16': 2e-2, 'bf16': 1e-1, 'int8': 2e-1}
"""Largest difference that passes, relative to the largest reference value of an output."""

DEFAULT_PROMPTS = (1, 2, 16)

Arrays = dict[str, np.ndarray]
_FREE_SIZES = {'exemplars': 2, 'points': 1, 'objects': 2}
_OTHER_SIZE = 3
# What a person gives; the detector has an output "boxes", too.
_GIVEN = frozenset(
    (
        *('image', 'token_ids', 'boxes', 'box_labels', 'box_valid'),
        *('points', 'point_labels', 'point_valid'),
    )
)
_WORDS = ('mug', 'red', 'cup', 'block', 'spoon', 'yellow', 'box', 'tool')
# Blocks of one colour with noise: flat as well as busy places, as pictures have.
_BLOCK = 24


@dataclass(frozen=True)
class Probe:
    """One set of inputs.

    Attributes:
        inputs: Graph name to input arrays.
        outputs: Graph name to the reference's output arrays.
    """

    inputs: Mapping[str, Arrays]
    outputs: Mapping[str, Arrays]

    @classmethod
    def of(cls, reference: OnnxRuntimeEngine, prompts: int, seed: int = 0) -> Probe:
        """Run the reference through all graphs.

        Args:
            reference: ONNX Runtime on the CPU.
            prompts: How many prompts, K.
            seed: Of all random numbers.
        """
        inputs: dict[str, Arrays] = {}
        outputs: dict[str, Arrays] = {}
        known: Arrays = {}
        random = np.random.default_rng(seed)
        manifest = reference.manifest
        for graph in graph_order(manifest):
            inputs[graph] = {
                spec.name: _input(manifest, spec, known, prompts, random)
                for spec in reference.input_specs(graph)
            }
            found = reference.run(graph, inputs[graph])
            outputs[graph] = {name: reference.to_numpy(value) for name, value in found.items()}
            known |= outputs[graph]
        return cls(inputs, outputs)


@dataclass(frozen=True)
class Subject:
    """The engine under test.

    Attributes:
        open: Makes a fresh engine of the same bundle and backend.
        engine: One that is open.
        reference: ONNX Runtime on the CPU with the same bundle.
        precision: Decides the tolerance.
        prompts: Numbers of prompts to try.
        probes: Inputs made so far, by number of prompts and seed.
    """

    open: Callable[[], Engine]
    engine: Engine
    reference: OnnxRuntimeEngine
    precision: str = 'fp32'
    prompts: tuple[int, ...] = DEFAULT_PROMPTS
    probes: dict[tuple[int, int], Probe] = field(default_factory=dict)

    @property
    def tolerance(self) -> float:
        """Largest relative difference that passes."""
        return TOLERANCES[self.precision]

    def probe(self, prompts: int = 2, seed: int = 0) -> Probe:
        """Return inputs for all graphs."""
        key = prompts, seed
        if key not in self.probes:
            self.probes[key] = Probe.of(self.reference, prompts, seed)
        return self.probes[key]


def graph_order(manifest: Manifest) -> tuple[str, ...]:
    """Return the graphs so that each comes after those whose outputs it takes."""
    done: list[str] = []
    waiting = list(manifest.graphs)
    while waiting:
        made_later = {out for name in waiting for out in manifest.graphs[name].outputs}
        ready = [n for n in waiting if not made_later & (set(manifest.graphs[n].inputs) - _GIVEN)]
        # A loop (memory read and written) starts anywhere: its inputs are made up.
        for name in ready or waiting[:1]:
            done.append(name)
            waiting.remove(name)
    return tuple(done)


def chain(engine: Engine, probe: Probe, last: str = 'detector') -> dict[str, Value]:
    """Run a graph and those whose outputs it takes, handing values on as they are.

    Args:
        engine: Runs them.
        probe: Inputs of all.
        last: The graph.

    Returns:
        Its outputs.
    """
    ran: dict[str, dict[str, Value]] = {}
    inputs: dict[str, Value] = dict(probe.inputs[last])
    for name, array in probe.inputs[last].items():
        for graph, outputs in probe.outputs.items():
            made = [output for output, value in outputs.items() if value is array]
            if made:
                if graph not in ran:
                    ran[graph] = engine.run(graph, probe.inputs[graph])
                inputs[name] = ran[graph][made[0]]
    return engine.run(last, inputs)


def _input(
    manifest: Manifest,
    spec: TensorSpec,
    known: Arrays,
    prompts: int,
    random: np.random.Generator,
) -> np.ndarray:
    """Return one input: made by another graph, or by chance in the range of its kind."""
    for source in (spec.name, spec.name.replace('prompt_', 'text_', 1)):
        made = known.get(source)
        if made is not None and source not in _GIVEN and spec.takes(made.dtype, made.shape):
            return made
    shape = tuple(_size(spec, axis, prompts) for axis in range(len(spec.shape)))
    if spec.name == 'image':
        return _picture(shape, random)
    if spec.name == 'token_ids':
        return _phrases(manifest, shape[0], random)
    if spec.dtype is not None and spec.dtype.kind in 'iu':
        return random.integers(0, 2, shape).astype(spec.dtype)
    if spec.name.endswith(('_valid', '_mask', 'validity')):
        return np.ones(shape, spec.dtype)
    if spec.name in ('boxes', 'points'):
        return random.uniform(0.2, 0.6, shape).astype(spec.dtype)
    return random.standard_normal(shape).astype(spec.dtype)


def _size(spec: TensorSpec, axis: int, prompts: int) -> int:
    size = spec.shape[axis]
    if isinstance(size, int):
        return size
    if size == 'prompts' or (axis == 0 and size not in _FREE_SIZES):
        return prompts
    return _FREE_SIZES.get(str(size), _OTHER_SIZE)


def _picture(shape: tuple[int, ...], random: np.random.Generator) -> np.ndarray:
    *leading, rows, columns = shape
    small = random.uniform(-1, 1, (*leading, -(-rows // _BLOCK), -(-columns // _BLOCK)))
    large = small.repeat(_BLOCK, -2).repeat(_BLOCK, -1)[..., :rows, :columns]
    noise = random.normal(0, 0.05, shape)
    return (large + noise).clip(-1, 1).astype(np.float32)


def _phrases(manifest: Manifest, count: int, random: np.random.Generator) -> np.ndarray:
    """Return token ids (count, T) of phrases with one or two words."""
    words = manifest.words or _WORDS
    chosen = random.choice(len(words), (count, 2))
    phrases = [' '.join(words[i] for i in row[: 1 + n % 2]) for n, row in enumerate(chosen)]
    return manifest.tokenizer().encode(phrases)
