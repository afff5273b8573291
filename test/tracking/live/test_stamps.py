from __future__ import annotations

from types import SimpleNamespace

import pytest

from efficientsam3_ros.core.messages.stamps import SECOND_NS, to_nanoseconds
from efficientsam3_ros.tracking.live.stamps import StampCheck, Verdict

T0 = 1_700_000_000 * SECOND_NS


def verdicts(stamps_ns, **settings):
    check = StampCheck(**settings)
    return [check.judge(stamp, T0) for stamp in stamps_ns]


def test_time_goes_on():
    assert verdicts([T0, T0, T0 + 1]) == [Verdict.GOOD] * 3


@pytest.mark.parametrize(
    ('back_ns', 'verdict'),
    [
        (1, Verdict.OUT_OF_ORDER),
        (SECOND_NS, Verdict.OUT_OF_ORDER),
        (SECOND_NS + 1, Verdict.RESTARTED),
    ],
)
def test_a_step_back(back_ns, verdict):
    assert verdicts([T0, T0 - back_ns])[1] is verdict


def test_after_a_restart_the_new_time_counts():
    past = T0 - 100 * SECOND_NS
    assert verdicts([T0, past, past + 1, T0 + 5])[2:] == [Verdict.GOOD, Verdict.GOOD]


def test_an_overtaken_image_does_not_become_the_newest():
    assert verdicts([T0, T0 - 5, T0 - 3])[2] is Verdict.OUT_OF_ORDER


def test_zero_stamps_are_taken_and_never_a_jump():
    assert verdicts([0, T0, 0, T0 + 1]) == [
        Verdict.ZERO,
        Verdict.GOOD,
        Verdict.ZERO,
        Verdict.GOOD,
    ]


def test_old_images_are_stale_only_by_a_running_clock():
    old = T0 - 3 * SECOND_NS
    assert verdicts([old], max_age_ns=2 * SECOND_NS) == [Verdict.STALE]
    assert verdicts([old], max_age_ns=4 * SECOND_NS) == [Verdict.GOOD]
    assert verdicts([old]) == [Verdict.GOOD]
    assert StampCheck(max_age_ns=1).judge(T0, now_ns=0) is Verdict.GOOD


def test_forgetting_makes_any_stamp_the_first():
    check = StampCheck()
    check.judge(T0, T0)
    check.forget()
    assert check.judge(SECOND_NS, T0) is Verdict.GOOD


def test_nanoseconds_are_exact():
    assert to_nanoseconds(SimpleNamespace(sec=1_700_000_000, nanosec=1)) == T0 + 1
