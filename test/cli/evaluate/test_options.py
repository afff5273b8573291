"""What ``efficientsam3 evaluate`` says without an input, and to options that do not fit."""

from __future__ import annotations

from pathlib import Path

from evaluate_command import evaluate, write_bag
import pytest

from efficientsam3_ros.datasets.simulated import suites

pytestmark = pytest.mark.usefixtures('engine', 'workplace')


def test_without_an_input_it_says_what_can_be_evaluated(capsys):
    assert evaluate() == evaluate('--workers', '2') == 2
    printed = capsys.readouterr().out
    assert all(name in printed for name in (*suites.SUITES, '--scenes', 'DAVIS', 'examples:'))


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (['missing.mcap'], 'missing.mcap'),
        (['one.mcap', '--suite', 'tabletop-v1'], 'either a path or --suite'),
        (['one.mcap', '--scenes', '3'], 'either a path or --suite or --scenes'),
        (['--suite', 'tabletop-v1', '--scenes', '3'], 'either --suite or --scenes'),
        (['one.mcap', '--split', 'unseen_nouns'], 'go with --scenes'),
        (['--scenes', '5-'], 'numbers such as'),
        (['one.mcap', '--detector-alone', '--mode', 'realtime'], 'takes every frame'),
        (['one.mcap', '--node', '--mode', 'every_frame'], 'real time'),
        (['one.mcap', '--workers', '0'], 'Must be >= 1'),
        (['one.mcap', '--bundle', 'none'], 'There is no bundle "none"'),
        (['one.mcap', '--params', 'none.yaml'], 'none.yaml cannot be read'),
        (['one.mcap', '--threshold', '7'], 'detection_threshold lies in'),
        (['one.mcap', '--image-topic', '/none'], '/none'),
    ],
)
def test_errors_are_one_line_with_the_cause(words, message, capsys):
    write_bag(Path('one.mcap'))
    assert evaluate(*words) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count('\n') == 1
