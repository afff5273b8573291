"""Whether two labelled pictures are the same sample."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.core import Instance
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame


def assert_same(one: LabeledFrame, other: LabeledFrame) -> None:
    """Compare pixels, masks and all that is known beside them."""
    assert one.frame.rgb.tobytes() == other.frame.rgb.tobytes()
    for name in ('name', 'nouns', 'origins', 'intrinsics'):
        assert getattr(one, name) == getattr(other, name), name
    for name in ('unlabeled', 'depth'):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert (mine is None) == (theirs is None), name
        assert mine is None or (mine.dtype == theirs.dtype and np.array_equal(mine, theirs)), name
    assert _said(one.truth.instances) == _said(other.truth.instances)
    assert _said(one.crowd) == _said(other.crowd)
    assert (one.frame.stamp_ns, one.frame.frame_id) == (other.frame.stamp_ns, other.frame.frame_id)
    assert one.truth.stamp_ns == other.truth.stamp_ns
    opinions = [
        [(o.annotator, _said(o.truth.instances), _said(o.crowd)) for o in each.opinions]
        for each in (one, other)
    ]
    assert opinions[0] == opinions[1]


def _said(items: tuple[Instance, ...]) -> list[tuple[object, ...]]:
    return [(i.track_id, i.label, i.concept, i.score, i.state, i.mask) for i in items]
