"""Write ``docs/cli.md``, the help of every verb: ``python docs/make_cli_page.py``."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from efficientsam3_ros.cli.main import BENCHMARKS, VERBS, application

PAGE = Path(__file__).resolve().parent / 'cli.md'
WIDTH = 100

HEAD = """\
# Command line

What `--help` prints, verb by verb. This page is made by `python docs/make_cli_page.py`; a test
compares it with the code. A user's error is one line and exit code 2, an interruption exit code
130; `--debug` shows where an error came from. Flags take no value: `--memory`, `--no-memory`.
"""


def page() -> str:
    """Return the page's text."""
    benchmarks = [('benchmark', name) for name in BENCHMARKS]
    commands = [(), *((verb,) for verb in VERBS), *benchmarks, ('track', '--help-all')]
    sections = [HEAD]
    for words in commands:
        title = ' '.join(('efficientsam3', *words))
        sections.append(f'## {title}\n\n```text\n{help_text(*words)}\n```\n')
    return '\n'.join(sections)


def help_text(*words: str) -> str:
    """Return what ``--help`` prints, 100 columns wide, whatever the terminal is."""
    printed = StringIO()
    # Without the environment, whose variables would choose colors and widths.
    console = Console(file=printed, width=WIDTH, color_system=None, _environ={})
    flag = () if '--help-all' in words else ('--help',)
    application().meta([*words, *flag], console=console)
    return '\n'.join(line.rstrip() for line in printed.getvalue().splitlines()).strip()


if __name__ == '__main__':
    PAGE.write_text(page(), encoding='utf-8')
