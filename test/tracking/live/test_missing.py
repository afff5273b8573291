from __future__ import annotations

import pytest

from efficientsam3_ros.tracking.live.missing import MissingImages, Source

PERIOD_NS = 33_333_333


def play(missing, numbers, numbered=True):
    """Let the images of these numbers arrive in time; return how many are told to be missing."""
    return sum(missing.arrived(10**9 + n * PERIOD_NS, n if numbered else None) for n in numbers)


@pytest.mark.parametrize('source', [Source.NUMBERS, Source.STAMPS])
def test_images_that_do_not_arrive_are_counted(source):
    missing = MissingImages(source)
    numbers = [n for n in range(1, 301) if n < 20 or n % 10 not in (3, 4)]
    assert play(missing, numbers, source is Source.NUMBERS) == 300 - len(numbers)


def test_losses_that_the_middleware_reports_as_well_are_counted_once():
    missing = MissingImages(Source.NUMBERS)
    assert play(missing, [1, 2]) == 0
    assert missing.reported(3) == 3
    assert play(missing, [6]) == 0
    assert play(missing, [9]) == 2
    assert missing.reported(2) == 0


def test_only_events_count_where_images_have_no_numbers():
    missing = MissingImages(Source.EVENTS)
    assert play(missing, [*range(1, 20), 30], numbered=False) == 0
    assert missing.reported(4) == 4


def test_a_camera_that_starts_again_or_another_one_is_no_loss():
    missing = MissingImages()
    assert play(missing, [100, 101]) == 0
    assert missing.skips(1)
    assert missing.arrived(0, 1) == 0
    assert not missing.skips(2)
    assert missing.skips(5000)
    missing.restart()
    assert not missing.skips(5000)
    assert missing.arrived(0, 5000) == 0


@pytest.mark.parametrize('stamps', [[0] * 20, range(0, 2 * 10**9, 10**8), [5, 3, 900, 2, 8, 1]])
def test_odd_stamps_are_no_losses(stamps):
    missing = MissingImages(Source.STAMPS)
    assert sum(missing.arrived(stamp, None) for stamp in stamps) == 0


def test_memory_is_bounded():
    missing = MissingImages(Source.STAMPS)
    play(missing, range(1000), numbered=False)
    assert len(missing._periods_ns) <= 30
