"""What the targets of the Makefile do, from an empty machine on; standard library only."""

from __future__ import annotations

import os
from pathlib import Path
import shutil
import subprocess
import sys

SUPPORTED = ((3, 10), (3, 14))
HERE = Path(__file__).resolve().parent


def _use_supported_python() -> None:
    """Start again under a supported interpreter if this one is not."""
    if SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        return
    probe = 'import sys, venv, ensurepip; print(sys.version_info[:2])'
    for minor in range(SUPPORTED[1][1], SUPPORTED[0][1] - 1, -1):
        path = shutil.which(f'python3.{minor}')
        if path and not subprocess.run([path, '-c', probe], capture_output=True).returncode:
            os.execv(path, [path, *sys.argv])
    sys.exit(
        f'Python 3.10 to 3.14 is needed, python3 is {sys.version.split()[0]}. Install one and '
        'name it: make PYTHON=/path/to/python3.12 …'
    )


_use_supported_python()
sys.path.insert(0, str(HERE))

from environment import ROOT, Environment  # noqa: E402
from recipes import recipes  # noqa: E402
from steps import StepError, ending, run_shown, say, step  # noqa: E402
from system import BROWSER, check_platform, ensure_packages, offer  # noqa: E402

# The demonstration is what a user gets: installed, and without torch.
DEMO = Environment('.venv-demo', ('sim', 'eval'), gigabytes=2, installs_modules=True)
TEST = Environment(
    '.venv-test',
    ('sim', 'eval', 'cloud', 'train', 'hub', 'openvino', 'dev'),
    gigabytes=9,
    alone=('trackeval==1.3.0', 'vos-benchmark==0.1.0'),
)
# A worker takes a core and up to 2 GB; one more than cores is slower (451 against 422 s on two). A
# file's tests share its fixtures and stay together; test/support/session/shared_processes.py says
# which files do, too (no marks: pytest-xdist 3.8 does not see those of groups under pytest 9.2).
_WORKERS = min(4, len(os.sched_getaffinity(0)))
_SPREAD = ('-n', str(_WORKERS), '--dist', 'loadfile', '--no-loadscope-reorder')
# Two workers with as many threads as cores each are slower than with one.
_ONE_THREAD = dict.fromkeys(('OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'OPENBLAS_NUM_THREADS'), '1')
CHECKS = (
    ('ruff check', ('ruff', 'check', '.')),
    ('ruff format', ('ruff', 'format', '--check', '.')),
    ('import contracts', ('lint-imports',)),
    ('types', ('mypy',)),
    ('tests', ('pytest', *_SPREAD)),
)


def demo() -> int:
    """Run the demonstration; return its exit code."""
    DEMO.prepare()
    output = ROOT / 'output' / 'demo'
    program = DEMO.path / 'bin' / 'efficientsam3'
    with step('demonstration'):
        # From the output folder, so that the installed package is used, not the source tree.
        output.parent.mkdir(exist_ok=True)
        arguments = [program, 'demo', '--seconds', '20', '--out', output]
        code = run_shown(arguments, DEMO.variables(), output.parent)
    if not code:
        say(f'see {output}')
    return code


def test() -> int:
    """Run every check, even when an early one fails; return 1 if any failed."""
    offer(BROWSER)
    TEST.prepare()
    # Field checks catch a wrong message in Jazzy as Humble would; no test may reach a network.
    env = TEST.variables() | {'ROS_PYTHON_CHECK_FIELDS': '1', 'HF_HUB_OFFLINE': '1', **_ONE_THREAD}
    failed = []
    for name, (module, *arguments) in CHECKS:
        with step(name):
            code = run_shown([TEST.path / 'bin' / module, *arguments], env, ROOT)
        if code:
            # A process that a signal ended could not say so itself.
            failed.append(f'{name} ({ending(code)})')
    say(f'failed: {", ".join(failed)}' if failed else 'all checks passed')
    return 1 if failed else 0


def main() -> int:
    """Check the machine, then do what the first argument says."""
    verbs = {'demo': demo, 'test': test, 'recipes': recipes}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:
        print(f'usage: bootstrap.py {"|".join(verbs)}', file=sys.stderr)
        return 2
    try:
        # The recipes run wherever Python and the package's libraries do.
        if sys.argv[1] != 'recipes':
            check_platform()
            ensure_packages()
        return verbs[sys.argv[1]]()
    except StepError as error:
        print(f'\n{error}', file=sys.stderr)
        return 2


if __name__ == '__main__':
    sys.exit(main())
