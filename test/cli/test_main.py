"""The command itself: help, unknown verbs, errors in one line."""

import subprocess
import sys

import pytest

from efficientsam3_ros.cli.main import USER_ERROR, VERBS, main


def test_overview_loads_no_verb_and_nothing_heavy():
    code = (
        'import sys\n'
        'from efficientsam3_ros.cli.main import main\n'
        'try: main(["--help"])\n'
        'except SystemExit: pass\n'
        'heavy = {"numpy", "cv2", "rclpy", "onnxruntime", "mujoco"} & set(sys.modules)\n'
        'sys.exit(repr(heavy) if heavy else 0)\n'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert all(verb in done.stdout for verb in VERBS)


@pytest.mark.parametrize('verb', VERBS)
def test_every_verb_explains_itself_with_examples(verb, capsys):
    with pytest.raises(SystemExit) as exit_info:
        main([verb, '--help'])
    assert exit_info.value.code == 0
    assert f'efficientsam3 {verb}' in capsys.readouterr().out.split('examples:')[1]


def test_unknown_verb_is_refused_with_the_known_ones(capsys):
    with pytest.raises(SystemExit) as exit_info:
        main(['fly'])
    assert exit_info.value.code == USER_ERROR
    assert 'track' in capsys.readouterr().err


def test_users_error_is_one_line_without_traceback(tmp_path, capsys):
    code = main(['track', str(tmp_path / 'no.mp4'), '--prompts', ' , ', '--out', str(tmp_path)])
    captured = capsys.readouterr()
    assert code == USER_ERROR
    assert captured.err.startswith('error: No concept found')
    assert len(captured.err.strip().splitlines()) == 1


def test_debug_shows_where_it_came_from(tmp_path):
    arguments = ['--prompts', ',', '--out', str(tmp_path), '--debug']
    with pytest.raises(ValueError, match='No concept'):
        main(['track', str(tmp_path / 'no.mp4'), *arguments])
