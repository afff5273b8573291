"""The node's figures as /diagnostics shows them."""

from __future__ import annotations

from collections.abc import Mapping

from efficientsam3_ros.nodes.objects.session import LEADER, Session
from efficientsam3_ros.nodes.objects.sync.counts import InputCounts


def figures_of(session: Session, counts: Mapping[str, InputCounts]) -> dict[str, str]:
    """Return what became of all messages, as names and texts."""
    tally, leader = session.tally, counts[LEADER]
    dropped = {cause: n for cause, n in leader.dropped.items() if n}
    dropped |= {cause.value: n for cause, n in tally.dropped.items() if n}
    values = {
        'received': leader.received,
        'processed': tally.processed,
        **{f'dropped: {cause}': count for cause, count in dropped.items()},
        'under way': leader.received - tally.processed - sum(dropped.values()),
        'camera_info: received': session.infos.received,
        'camera_info: changes': session.infos.changes,
    }
    for name in ('image', 'depth'):
        values |= _of_topic(name, counts[name])
        values[f'{name}: damaged'] = tally.refused[name]
        values[f'{name}: lost before the node'] = tally.missed[name]
    texts = {name: str(value) for name, value in values.items()}
    return {**texts, 'time of a result (ms)': f'{tally.build_ms:.1f}'}


def _of_topic(name: str, counts: InputCounts) -> dict[str, int]:
    return {
        f'{name}: received': counts.received,
        f'{name}: used': counts.used,
        f'{name}: waiting': counts.waiting,
        **{f'{name}: {cause}': count for cause, count in counts.dropped.items() if count},
    }
