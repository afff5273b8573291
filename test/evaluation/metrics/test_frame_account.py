"""Received frames are processed or dropped for a cause; anything else is refused."""

import math

import pytest

from efficientsam3_ros.evaluation.metrics import FrameAccount, FrameAccountingError


def test_balanced_books_pass():
    account = FrameAccount(10, 6, {'busy': 3, 'no transform': 1})
    account.check()
    assert account.drop_rate == pytest.approx(0.4)
    assert math.isnan(FrameAccount(0, 0).drop_rate)


@pytest.mark.parametrize(('processed', 'missing'), [(5, 1), (7, -1)])
def test_unaccounted_frames_are_refused(processed, missing):
    account = FrameAccount(10, processed, {'busy': 4})
    assert account.unaccounted == missing
    with pytest.raises(
        FrameAccountingError, match=f'10 frames were received, but {processed} processed'
    ):
        account.check()


def test_sums_keep_the_causes_apart():
    total = FrameAccount(3, 2, {'busy': 1}) + FrameAccount(4, 1, {'late': 2, 'busy': 1})
    assert total == FrameAccount(7, 3, {'busy': 2, 'late': 2})
