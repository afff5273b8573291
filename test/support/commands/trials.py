"""One run of the command line on a damaged input, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
import hashlib
import io
from pathlib import Path
import signal
import time

from efficientsam3_ros.cli.main import main

LONGEST_S = 10.0
TRACK_OUTPUT = ('instances.jsonl', 'instances.mcap', 'contact_sheet.png')
EVALUATE_OUTPUT = ('results.json', 'results.md')


class HungError(BaseException):
    """Raised where the time is up; no net for ordinary errors holds it."""


@contextmanager
def watchdog() -> Iterator[None]:
    """Interrupt what takes longer than ``LONGEST_S``."""

    def bark(*_: object) -> None:
        raise HungError

    before = signal.signal(signal.SIGALRM, bark)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def checksums(folder: Path) -> dict[str, str]:
    """Return what lies in a folder, by relative name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob('*'))
        if path.is_file()
    }


def faults(words: list[str], inputs: Path, out: Path) -> list[str]:
    """Run a verb that reads ``inputs`` and writes ``out``; return what no user should see."""
    before, start = checksums(inputs), time.monotonic()
    said, code = _run([*words, '--out', str(out)])
    found = list(_said_wrongly(said))
    if code is None or time.monotonic() - start > LONGEST_S:
        found.append(f'took longer than {LONGEST_S:g} s')
    elif code not in (0, 1, 2):
        found.append(f'exit code {code}')
    if code not in (0, None) and not said.strip():
        found.append(f'exit code {code} without a word')
    if checksums(inputs) != before:
        found.append('the input was changed')
    if code == 0:
        wanted = TRACK_OUTPUT if words[0] == 'track' else EVALUATE_OUTPUT
        if words[0] == 'track' and '--no-video' not in words:
            wanted = (*wanted, 'overlay.mp4')
        sizes = {
            name: (out / name).stat().st_size if (out / name).exists() else 0 for name in wanted
        }
        found += [f'exit code 0 without {name}' for name, size in sizes.items() if not size]
    return found


def _run(words: list[str]) -> tuple[str, int | None]:
    """Return what was printed, and the exit code; None if it hung."""
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        try:
            with watchdog():
                code = main(words)
                return printed.getvalue(), code
        except HungError:
            return printed.getvalue(), None
        except BaseException as error:
            return f'Traceback: {error!r}', 1


def _said_wrongly(said: str) -> Iterator[str]:
    for line in said.splitlines():
        if 'Traceback' in line or 'bug of efficientsam3' in line:
            yield line[:400]
