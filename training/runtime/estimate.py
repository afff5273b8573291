"""What a run will take, measured on a few of its steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
import time
from typing import Any, Protocol

from lightning_fabric import Fabric
import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.utils.data import Dataset

from training.runtime.checkpoint import Stateful

_PLACES = (1, 3, 5)
"""Sixths of the run at which a step is timed: batches may grow on the way."""


class Run(Protocol):
    """The part of a training loop that is measured; its weights are spoiled by that."""

    fabric: Fabric
    learner: nn.Module
    optimizer: Optimizer
    kept: dict[str, Stateful]

    @property
    def batches_a_step(self) -> int:
        """Batches a step, of all processes together."""

    def best_entries(self) -> dict[str, Any]:
        """Return what the file of the best weights holds."""

    def own_batches(self) -> Dataset[list[Any]]:
        """Return the batches of each step that this process computes."""

    def set_train_mode(self) -> None:
        """Put the learner into train mode."""

    def update(self, step: int, batches: Sequence[Any]) -> dict[str, float]:
        """Take one step."""


@dataclass(frozen=True)
class Memory:
    """Bytes of one process.

    Attributes:
        weights: Of the learner, its average, and what it learns from.
        gradients: Of the trained weights.
        optimizer: Its state.
        activations: What one batch keeps until its gradient is known.
        peak: Largest sum that the GPU held; 0 on CPUs.
    """

    weights: int
    gradients: int
    optimizer: int
    activations: int
    peak: int


@dataclass(frozen=True)
class Pace:
    """Means of the timed steps.

    Attributes:
        computing: Seconds of a step.
        reading: Seconds to read its batches, which workers do beside it.
        examples: Pictures or clips a step, of all processes.
    """

    computing: float
    reading: float
    examples: float

    def seconds(self, steps: int, workers: int) -> float:
        """Return how long some steps take, without validations."""
        if not workers:
            return steps * (self.computing + self.reading)
        return steps * max(self.computing, self.reading / workers)


def measure(run: Run, first: int, stop: int) -> tuple[Memory, Pace]:
    """Take a step to measure memory and three to measure time.

    Args:
        run: New, and of no further use.
        first: Step that it would begin with.
        stop: Step that it would end with; larger.
    """
    run.set_train_mode()
    data = run.own_batches()
    memory = _memory(run, stop - 1, data[stop - 1])
    reading = computing = 0.0
    examples = 0
    for sixth in _PLACES:
        step = first + (stop - first) * sixth // 6
        start = time.perf_counter()
        batches = data[step]
        middle = time.perf_counter()
        run.update(step, batches)
        reading, computing = reading + middle - start, computing + time.perf_counter() - middle
        examples += sum(map(examples_of, batches))
    count = len(_PLACES)
    return memory, Pace(
        computing / count, reading / count, examples * run.fabric.world_size / count
    )


def _memory(run: Run, step: int, batches: Sequence[Any]) -> Memory:
    """Measure a step of one batch; what several accumulate is no more."""
    cuda = run.fabric.device.type == 'cuda'
    if cuda:
        torch.cuda.reset_peak_memory_stats(run.fabric.device)
    with _kept_for_backward(run) as kept:
        run.update(step, batches[:1])
    return Memory(
        weights=sum(map(size_of, modules_of(run).values())),
        gradients=bytes_of([p for p in run.learner.parameters() if p.requires_grad]),
        optimizer=_state_size(run.optimizer),
        activations=sum(kept.values()),
        peak=torch.cuda.max_memory_allocated(run.fabric.device) if cuda else 0,
    )


@contextmanager
def _kept_for_backward(run: Run) -> Iterator[dict[int, int]]:
    """Collect the storages that autograd keeps, weights excepted: address to bytes."""
    weights = {value.untyped_storage().data_ptr() for value in run.learner.state_dict().values()}
    kept: dict[int, int] = {}

    def note(value: Tensor) -> Tensor:
        storage = value.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return value

    with torch.autograd.graph.saved_tensors_hooks(note, lambda value: value):
        yield kept


def modules_of(run: Run) -> dict[str, nn.Module]:
    """Return learner, average and whatever else a run holds, such as a teacher, by names."""
    inside = set(run.learner.modules())
    others = {
        name: value
        for name, value in vars(run).items()
        if isinstance(value, nn.Module) and value not in inside
    }
    return {'learner': run.learner, **others}


def bytes_of(tensors: Sequence[Tensor]) -> int:
    """Return the size of some tensors."""
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def size_of(module: nn.Module) -> int:
    """Return the bytes of a module's weights and buffers."""
    return bytes_of([*module.parameters(), *module.buffers()])


def _state_size(optimizer: Optimizer) -> int:
    states = (list(state.values()) for state in optimizer.state.values())
    return sum(bytes_of([v for v in values if isinstance(v, Tensor)]) for values in states)


def file_size(state: Any) -> int:
    """Return about how many bytes a file of a state takes."""
    if isinstance(state, Tensor):
        return bytes_of([state])
    if isinstance(state, dict):
        return sum(map(file_size, state.values()))
    return sum(map(file_size, state)) if isinstance(state, (list, tuple)) else 0


def examples_of(batch: Any) -> int:
    """Return how many pictures or clips a batch holds: the length of its first tensor."""
    first = _first_tensor(batch)
    return 1 if first is None or not first.ndim else len(first)


def _first_tensor(value: Any) -> Tensor | None:
    if isinstance(value, Tensor):
        return value
    if is_dataclass(value):
        parts: Any = [getattr(value, field.name) for field in fields(value)]
    elif isinstance(value, dict):
        parts = value.values()
    else:
        parts = value if isinstance(value, (list, tuple)) else []
    found = (_first_tensor(part) for part in parts)
    return next((tensor for tensor in found if tensor is not None), None)
