"""How a node's program ends when something goes wrong."""

from __future__ import annotations

import pytest

pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')

from efficientsam3_ros.bags import BagError
from efficientsam3_ros.nodes.support.start import exit_code


@pytest.mark.parametrize(
    ('error', 'code', 'words'),
    [
        (
            BagError('run.mcap is cut off; copy it again.'),
            2,
            'run.mcap is cut off; copy it again.',
        ),
        (OSError(28, 'No space left on device', 'log'), 2, 'free some space'),
        (KeyError('ours'), 70, 'This is a bug of efficientsam3'),
    ],
)
def test_an_error_is_one_line_with_an_exit_code(error, code, words, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path))

    def run() -> int:
        raise error

    assert exit_code(run) == code
    said = capsys.readouterr().err
    assert words in said and said.startswith('error: ') and said.count('\n') == 1
    assert exit_code(lambda: 0) == 0
