"""What ``--dry-run`` prints: what is trained, and what the run will take."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from efficientsam3_ros.evaluation.run.text_table import text_table
from training.runtime.estimate import Memory, Pace, Run, file_size, measure, modules_of

_SPLIT = 4
"""A part with so large a share of the parameters, one of this many, is shown by its own parts."""


def dry_run(run: Run, first: int, stop: int, workers: int) -> str:
    """Return tables of a run's parameters and needs.

    Args:
        run: New, and of no further use.
        first: Step that it would begin with.
        stop: Step that it would end with.
        workers: Processes that read batches beside it.
    """
    parameters = _parameters(run)
    if stop <= first:
        return f'{parameters}\n\nThe run has taken its {first} steps.'
    memory, pace = measure(run, first, stop)
    return '\n\n'.join([parameters, _memory(memory), _course(run, pace, first, stop, workers)])


def _parameters(run: Run) -> str:
    total = sum(p.numel() for p in run.learner.parameters())
    rows = [['part', 'trained', 'frozen']]
    for name, module in modules_of(run).items():
        if name == 'average':
            continue
        parts = _parts(name, module, total // _SPLIT) if name == 'learner' else [(name, module)]
        rows += [[part, *_counts(inner)] for part, inner in parts]
    return text_table([*rows, ['all that learns', *_counts(run.learner)]], 1)


def _parts(name: str, module: nn.Module, large: int) -> Iterator[tuple[str, nn.Module]]:
    """Iterate over the parts of a module, those of large ones in their place."""
    own = sum(p.numel() for p in module.parameters(recurse=False))
    children = list(module.named_children())
    if own or not children or sum(p.numel() for p in module.parameters()) <= large:
        yield name, module
        return
    above = '' if name == 'learner' else f'{name}.'
    for child, inner in children:
        if any(True for _ in inner.parameters()):
            yield from _parts(f'{above}{child}', inner, large)


def _counts(module: nn.Module) -> list[str]:
    trained = sum(p.numel() for p in module.parameters() if p.requires_grad)
    return [f'{trained:,}', f'{sum(p.numel() for p in module.parameters()) - trained:,}']


def _memory(memory: Memory) -> str:
    parts = (
        ('weights, averaged ones among them', memory.weights),
        ('gradients', memory.gradients),
        ('optimizer', memory.optimizer),
        ('activations of a batch of the last step', memory.activations),
    )
    rows = [['memory of a process', 'MB'], *([name, _megabytes(size)] for name, size in parts)]
    rows.append(['sum', _megabytes(sum(size for _, size in parts))])
    if memory.peak:
        rows.append(['peak, as measured on the GPU', _megabytes(memory.peak)])
    return text_table(rows, 1)


def _course(run: Run, pace: Pace, first: int, stop: int, workers: int) -> str:
    last = file_size({name: part.state_dict() for name, part in run.kept.items()})
    steps = stop - first
    rows = [
        ['the run', ''],
        ['steps', f'{steps:,}' if not first else f'{steps:,} of {stop:,}'],
        ['batches a step', str(run.batches_a_step)],
        ['examples seen', f'{round(steps * pace.examples):,}'],
        ['seconds a step', f'{pace.computing:.2f}'],
        ['seconds to read its batches', f'{pace.reading:.2f}'],
        ['duration without validations', duration(pace.seconds(steps, workers))],
        ['disk: last checkpoint, MB', _megabytes(last)],
        ['disk: best weights, MB', _megabytes(file_size(run.best_entries()))],
        ['disk: while a checkpoint is written, MB', _megabytes(last)],
    ]
    return text_table(rows, 1)


def _megabytes(size: int) -> str:
    return f'{size / 1e6:,.1f}'


def duration(seconds: float) -> str:
    """Return hours, minutes and seconds for people."""
    whole = round(seconds)
    days, hours = divmod(whole // 3600, 24)
    clock = f'{hours}:{whole // 60 % 60:02d}:{whole % 60:02d}'
    return f'{days} d {clock}' if days else clock
