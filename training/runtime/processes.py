"""Several processes that train one network: started by torchrun, averaged after each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
import os
from pathlib import Path

from lightning_fabric import Fabric
from lightning_fabric.strategies import DDPStrategy
import torch
from torch import Tensor, distributed, nn

from training.runtime.checkpoint import CheckpointError

_PATIENCE = timedelta(hours=2)
"""How long the others wait while the first process validates."""
_BUCKET = 2**24
"""Gradients that are sent together."""


def open_fabric(precision: str, accelerator: str = 'auto') -> Fabric:
    """Return the device of this process, in a group of processes if torchrun started it.

    Args:
        precision: Of Fabric.
        accelerator: Of Fabric; NCCL connects GPUs, gloo CPUs.
    """
    if not distributed.is_torchelastic_launched():
        return Fabric(accelerator=accelerator, devices=1, precision=precision)
    local = int(os.environ['LOCAL_WORLD_SIZE'])
    fabric = Fabric(
        accelerator=accelerator,
        devices=local,
        num_nodes=int(os.environ['WORLD_SIZE']) // local,
        strategy=DDPStrategy(timeout=_PATIENCE),
        precision=precision,
    )
    fabric.launch()
    return fabric


@torch.no_grad()
def average_gradients(fabric: Fabric, parameters: Sequence[nn.Parameter], loss: Tensor) -> Tensor:
    """Average gradients over all processes, in place; return the average of their losses.

    Not left to a wrapper around the network: which parts of it a batch uses differs between
    processes (few batches show an exemplar), and a part that none used is to stay untouched.

    Args:
        fabric: Knows the processes.
        parameters: The same ones in each process.
        loss: A scalar.
    """
    if fabric.world_size == 1:
        return loss
    there = [float(p.grad is not None) for p in parameters]
    told = torch.cat([torch.tensor(there).to(loss.device), loss.float().reshape(1)])
    distributed.all_reduce(told)
    used = [p for p, count in zip(parameters, told.tolist()) if count > 0]
    for bucket in _buckets(used):
        _average([_gradient(p) for p in bucket], fabric.world_size)
    return told[-1] / fabric.world_size


def _buckets(parameters: Sequence[nn.Parameter]) -> Iterator[list[nn.Parameter]]:
    bucket: list[nn.Parameter] = []
    for parameter in parameters:
        bucket.append(parameter)
        if sum(p.numel() for p in bucket) >= _BUCKET:
            yield bucket
            bucket = []
    if bucket:
        yield bucket


def _gradient(parameter: nn.Parameter) -> Tensor:
    if parameter.grad is None:
        parameter.grad = torch.zeros_like(parameter)
    return parameter.grad


def _average(tensors: Sequence[Tensor], count: int) -> None:
    """Average tensors of one type over all processes, in place."""
    if not tensors:
        return
    flat = torch.cat([tensor.flatten() for tensor in tensors])
    distributed.all_reduce(flat)
    flat /= count
    for tensor, mean in zip(tensors, flat.split([tensor.numel() for tensor in tensors])):
        tensor.copy_(mean.view_as(tensor))


@torch.no_grad()
def average_statistics(fabric: Fabric, module: nn.Module) -> None:
    """Average the running statistics of batch norms over all processes."""
    if fabric.world_size == 1:
        return
    named = module.named_buffers()
    ends = ('running_mean', 'running_var')
    _average([value for name, value in named if name.endswith(ends)], fabric.world_size)


@torch.no_grad()
def copy_from_first(fabric: Fabric, *modules: nn.Module) -> None:
    """Give every process the weights of the first one."""
    if fabric.world_size == 1:
        return
    for module in modules:
        for value in module.state_dict().values():
            sent = value.contiguous()
            distributed.broadcast(sent, 0)
            value.copy_(sent)


def average_metrics(fabric: Fabric, metrics: Mapping[str, float]) -> dict[str, float]:
    """Average metrics of equal names over all processes."""
    if fabric.world_size == 1:
        return dict(metrics)
    values = torch.tensor(list(metrics.values()), dtype=torch.float64).to(fabric.device)
    distributed.all_reduce(values)
    return dict(zip(metrics, (values / fabric.world_size).tolist()))


def agreed_step(fabric: Fabric, step: int, path: Path) -> int:
    """Return the step that all processes read from a checkpoint.

    Args:
        fabric: Knows the processes.
        step: What this one read.
        path: The checkpoint.

    Raises:
        CheckpointError: If another one read another step.
    """
    first: int = fabric.broadcast(step)
    if first != step:
        raise CheckpointError(
            f'{path} is of step {first} for the first process and of step {step} for another; '
            'name a folder on a disk that all machines share.'
        )
    return first
