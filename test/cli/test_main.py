"""The command itself: help, unknown verbs, errors in one line."""

import subprocess
import sys

import pytest

from efficientsam3_ros.cli.main import BENCHMARKS, USER_ERROR, VERBS, main

COMMANDS = [(verb,) for verb in VERBS if verb != 'benchmark']
COMMANDS += [('benchmark', name) for name in BENCHMARKS]


def loaded_after(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command; fail where it loaded something heavy."""
    code = (
        'import sys\n'
        'from efficientsam3_ros.cli.main import main\n'
        f'main({list(words)!r})\n'
        'heavy = {"numpy", "cv2", "rclpy", "onnxruntime", "mujoco"} & set(sys.modules)\n'
        'sys.exit(repr(heavy) if heavy else 0)\n'
    )
    return subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)


@pytest.mark.parametrize('words', [('--help',), ('benchmark', '--help'), ('--version',), ('fly',)])
def test_the_command_itself_loads_no_verb_and_nothing_heavy(words):
    done = loaded_after(*words)
    assert done.returncode == 0, done.stderr
    names = BENCHMARKS if 'benchmark' in words else VERBS
    assert '--version' in words or all(name in done.stdout + done.stderr for name in names)


@pytest.mark.parametrize('words', COMMANDS, ids=' '.join)
def test_every_verb_explains_itself_with_examples(words, capsys):
    assert main([*words, '--help']) == 0
    assert f'efficientsam3 {" ".join(words)}' in capsys.readouterr().out.split('examples:')[1]


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (['fly'], 'choose one of demo, track'),
        (['trak'], 'did you mean track?'),
        (['benchmark', 'liv'], 'did you mean live?'),
        (
            ['track', 'a.mp4', '--prompts', 'mug', '--out', 'o', '--fsp', '3'],
            'Did you mean --fps?',
        ),
        (['track', 'a.mp4', '--out', 'o'], '--prompts requires an argument'),
        (['track'], 'See "efficientsam3 track --help".'),
        (['simulate', '--out', 'o', '--fps', '0'], 'Must be > 0'),
        (['simulate', '--out', 'o', '--pack', 'cleen'], 'Did you mean "clean"?'),
        (['benchmark', 'live', '--frames', '3'], 'Unknown option: --frames'),
        (['simulate', '--out', 'o', '--seed', '-1'], 'Invalid value "-1" for --seed'),
        (['simulate', '--out', 'o', '--seed', '1.5'], '--seed is a whole number, got "1.5"'),
        (['simulate', '--out', 'o', '--width', '1000000'], 'Must be <= 16384'),
        (['simulate', '--out', 'o', '--fps', 'nan'], 'for --fps'),
        (['simulate', '--out', 'o', '--fps', 'inf'], 'for --fps'),
        (['simulate', '--out', 'o', '--pack', 'none'], '--pack takes no "none"'),
        (['simulate', '--out', 'o\udcff'], 'The name behind --out is not UTF-8'),
        (['simulate', '--out', 'o\0'], '--out holds a zero byte'),
        (['evaluate', 'a', '--tolerance-ms', 'nan'], 'for --tolerance-ms'),
        (['evaluate', 'a', '--tolerance-ms', 'inf'], 'for --tolerance-ms'),
        (['evaluate', 'a', '--workers', '99999999999'], 'for --workers'),
        (['export', 'es_ev_m', '--neck', 'none', '--out', 'o'], '--neck takes no "none"'),
        (['evaluate', 'a', '--overlap', 'none'], '--overlap takes no "none"'),
        (['evaluate', 'a', '--detect-every', '1.5'], '--detect-every is a whole number'),
        (['models', '--size', '0'], 'for --size'),
    ],
)
def test_what_is_mistyped_is_one_line_with_the_way_out(words, message, capsys):
    assert main(words) == USER_ERROR
    error = capsys.readouterr().err
    assert message in error
    assert error.startswith('error: ')
    assert error.count('\n') == 1


def test_none_is_taken_where_it_is_a_choice(capsys):
    words = ['export', 'es_ev_m', '--size', '0', '--memory', 'none', '--out', 'o']
    assert main(words) == USER_ERROR
    assert '--size' in capsys.readouterr().err


@pytest.mark.parametrize('words', [[], ['benchmark']])
def test_without_a_verb_the_help_is_printed_and_the_exit_code_says_so(words, capsys):
    assert main(words) == USER_ERROR
    assert 'Commands' in capsys.readouterr().out


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


@pytest.mark.parametrize(
    ('module', 'remedy'),
    [
        ('mujoco', 'pip install ".[sim]" in a clone'),
        ('cv2', 'pip install opencv-python-headless.'),
    ],
)
def test_a_verb_that_cannot_be_loaded_says_what_to_install(module, remedy):
    code = (
        'import sys\n'
        f'sys.modules["{module}"] = None\n'
        'from efficientsam3_ros.cli.main import main\n'
        'sys.exit(main(["simulate", "--out", "o"]))\n'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.returncode == USER_ERROR
    assert remedy in done.stderr
    assert done.stderr.count('\n') == 1


def test_an_unforeseen_error_is_one_line_with_a_code_of_its_own(monkeypatch, capsys, tmp_path):
    def broken():
        raise KeyError('x')

    monkeypatch.setenv('XDG_STATE_HOME', str(tmp_path))
    monkeypatch.setattr('efficientsam3_ros.cli.main.application', broken)
    assert main(['track']) == 70
    text = capsys.readouterr().err
    assert text.startswith('error: This is a bug of efficientsam3') and text.count('\n') == 1
    assert str(tmp_path) in text


def test_a_reader_that_leaves_gets_no_traceback():
    words = [sys.executable, '-m', 'efficientsam3_ros.cli.main', '--help']
    run = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    run.stdout.close()
    assert run.stderr.read() == b''
    assert run.wait() in (1, 141)
