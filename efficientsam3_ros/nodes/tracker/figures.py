"""A node's figures as /diagnostics shows them."""

from __future__ import annotations

from efficientsam3_ros.tracking.live.summary import Summary

_MEMORY_PARTS = ('propagation', 'memorise')
"""Parts of a step that a bundle without video memory never runs."""


def figures_of(now: Summary) -> dict[str, str]:
    """Return a summary as names and texts."""
    steps = vars(now.steps)
    video_memory = {}
    if now.video_memory:
        video_memory = {
            'video memory (kB)': f'{now.video_memory / 1e3:.1f}',
            'remembered objects': str(now.remembered),
        }
    else:
        steps = {part: ms for part, ms in steps.items() if part not in _MEMORY_PARTS}
    return {
        'received': str(now.received),
        'processed': str(now.processed),
        **{f'dropped: {cause.value}': str(count) for cause, count in now.losses.items()},
        **{
            f'unreadable: {fault.value}': str(count)
            for fault, count in now.unreadable.items()
            if count
        },
        'lost before the node': str(now.missed),
        'lost before the node (Hz)': f'{now.missed_hz:.2f}',
        'frame ids': ', '.join(now.frame_ids),
        'time jumps back': str(now.restarts),
        'zero stamps': str(now.zero_stamps),
        'input rate (Hz)': f'{now.input_hz:.2f}',
        'output rate (Hz)': f'{now.output_hz:.2f}',
        'latency p50 (ms)': f'{now.latency_p50_ms:.1f}',
        'latency p95 (ms)': f'{now.latency_p95_ms:.1f}',
        **{f'step: {part.replace("_", " ")} (ms)': f'{ms:.1f}' for part, ms in steps.items()},
        'memory (MB)': f'{now.memory_mb:.0f}',
        **video_memory,
    }
