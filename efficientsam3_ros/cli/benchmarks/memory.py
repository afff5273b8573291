"""``efficientsam3 benchmark memory``: what dense and Perceiver memory cost a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
import tempfile
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter
import numpy as np

from efficientsam3_ros.cli.benchmarks.memory_cost_table import KINDS, REFERENCE, FrameCost, report
from efficientsam3_ros.cli.benchmarks.rounds import timed
from efficientsam3_ros.cli.support.console import progress
from efficientsam3_ros.cli.support.options import at_least, between
from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.core.writing.output import check_output

if TYPE_CHECKING:
    from efficientsam3_ros.model.memory.config import MemoryConfig, MemoryKind

OBJECTS = (1, 5, 10, 20)
EXAMPLES = """\
examples:
  efficientsam3 benchmark memory
  efficientsam3 benchmark memory --sizes nano --objects 1 5 10 20 --threads 1"""

_FULL_GRID = 72
# Attention logits of one batch stay below this; more objects run in several batches.
_LOGIT_BYTES = 2**30
Candidate = tuple[FrameCost, Callable[[], None]]
Size = Literal['nano', 'full']

app = App(name='memory', help_epilogue=EXAMPLES)


@app.default
def run(
    *,
    sizes: Annotated[tuple[Size, ...], Parameter(consume_multiple=True)] = ('nano', 'full'),
    objects: Annotated[tuple[int, ...], Parameter(consume_multiple=True), at_least(1)] = OBJECTS,
    rounds: Annotated[int, at_least(1)] = 5,
    threads: Annotated[int, between(0, 256)] = 0,
    out: Path | None = None,
) -> int:
    """Measure, print and write.

    Every round runs each candidate once, so that a disturbance hits all of them alike.

    Args:
        sizes: Sizes of the network.
        objects: Numbers of objects.
        rounds: Timed rounds, after one to warm up.
        threads: CPU threads, 0 takes all cores.
        out: JSON file for the figures.
    """
    if out is not None:
        check_output(out)
    costs: list[FrameCost] = []
    for size in sizes:
        costs += measure(size, objects, rounds, threads)
        print(report(size, costs))
    if out is not None:
        write_json(out, [asdict(c) for c in costs])
    return 0


def measure(size: str, objects: Sequence[int], rounds: int, threads: int) -> list[FrameCost]:
    """Time one size: both kinds of memory in ONNX Runtime and, at full size, EdgeTAM in torch."""
    with tempfile.TemporaryDirectory() as folder:
        candidates: list[Candidate] = []
        for kind in progress(KINDS, f'export {size}'):
            config = _config(size, kind)
            frame = _exported(config, Path(folder), threads)
            candidates += [(_counted(size, config, n), partial(frame, n)) for n in objects]
        if size == 'full':
            candidates += _reference(objects, threads)
        seconds = timed([call for _, call in candidates], rounds, f'rounds {size}')
    return [replace(cost, seconds=times) for (cost, _), times in zip(candidates, seconds)]


def _config(size: str, kind: MemoryKind) -> MemoryConfig:
    from efficientsam3_ros.model.memory.config import nano_memory, sam3_memory

    if size == 'nano':
        return nano_memory(kind)
    # Seven frames, as SAM 3's tracker and EdgeTAM remember them when there is one prompt.
    return replace(sam3_memory(kind, grid=_FULL_GRID), conditioning_slots=1)


def _counted(size: str, config: MemoryConfig, objects: int) -> FrameCost:
    from efficientsam3_ros.model.cost.memory_cost import memory_cost

    cost = memory_cost(config, objects)
    return FrameCost(
        size,
        config.kind,
        objects,
        config.latents,
        cost.tokens,
        cost.bytes_per_object,
        cost.attention / 1e9,
        cost.total / 1e9,
    )


def _exported(config: MemoryConfig, folder: Path, threads: int) -> Callable[[int], None]:
    """Return a call that tracks and remembers a number of objects in ONNX Runtime."""
    import onnxruntime
    import torch

    from efficientsam3_ros.model.export.graph import write_graph
    from efficientsam3_ros.model.export.memory_export import (
        example_bank,
        example_levels,
        memory_plans,
    )
    from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory

    torch.manual_seed(0)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    sessions = {}
    for name, plan in memory_plans(VideoMemory(config).eval()).items():
        path = folder / f'{config.kind}_{name}.onnx'
        write_graph(plan, path, {'objects': max(OBJECTS)})
        sessions[name] = onnxruntime.InferenceSession(
            str(path), options, providers=['CPUExecutionProvider']
        )
    levels = {name: value.numpy() for name, value in example_levels(config).items()}
    # Of three examples the last one has all slots taken.
    full = {name: value[2:].numpy() for name, value in vars(example_bank(config, 3)).items()}
    limit = _batch_limit(config)

    def frame(objects: int) -> None:
        for start in range(0, objects, limit):
            count = min(limit, objects - start)
            bank = {name: np.repeat(value, count, 0) for name, value in full.items()}
            feed: Mapping[str, np.ndarray] = {**levels, **bank}
            masks, _, score, _ = sessions['track_step'].run(None, feed)
            written = {'level_2': levels['level_2'], 'mask_logits': masks, 'object_score': score}
            sessions['memorise'].run(None, written)

    return frame


def _batch_limit(config: MemoryConfig) -> int:
    """Objects of one batch: graphs of plain operations hold all attention logits at once."""
    cells = config.grid[0] * config.grid[1]
    logits = 4 * config.attention_heads * cells * max(config.bank_tokens, cells)
    return max(1, _LOGIT_BYTES // logits)


def _reference(objects: Sequence[int], threads: int) -> list[Candidate]:
    try:
        import torch

        from efficientsam3_ros.cli.benchmarks.edgetam_reference import edgetam, frame_of

        model = edgetam(_FULL_GRID)
    except ImportError as error:
        print(f'no reference: {error}; pip install transformers timm')
        return []
    from efficientsam3_ros.model.cost.cost import macs_of

    if threads:
        torch.set_num_threads(threads)
    frame, config = frame_of(model), _config('full', 'perceiver')
    gmac, tokens = macs_of(lambda: frame(1))[0] / 1e9, (config.latents, config.bank_tokens)
    return [
        (FrameCost('full', REFERENCE, n, *tokens, None, None, n * gmac), partial(frame, n))
        for n in objects
    ]
