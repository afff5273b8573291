"""The command lines of ``python -m training.…``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import cleandoc
import sys
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter
from cyclopts.validators import Number

from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.errors.report import USER_ERROR, report
from efficientsam3_ros.interruption import exit_code

Count = Annotated[int, Parameter(validator=Number(gte=1, lte=10**9))]
"""A number of things, one or more."""

Seed = Annotated[int, Parameter(validator=Number(gte=0, lte=2**32 - 1))]
"""What random numbers begin with."""


def run_command(
    module: str,
    about: str | None,
    command: Callable[..., int | None],
    argv: Sequence[str] | None = None,
) -> int:
    """Run a function as a command line; return the exit code.

    2 after a user's error, 70 after one of ours, 130 when interrupted, 143 when terminated.
    ``--debug`` among the arguments shows where an error came from.

    Args:
        module: What stands behind ``python -m``.
        about: Its docstring: a summary, an empty line, examples.
        command: Its parameters are the options, its docstring tells of them; what it returns is
            the exit code, None that of success.
        argv: Arguments, else those of the process.
    """
    summary, _, examples = cleandoc(about or '').partition('\n\n')
    app = App(
        name=f'python -m {module}',
        help=summary,
        help_epilogue=examples,
        help_format='plaintext',
        version_flags=(),
        suppress_keyboard_interrupt=False,
        default_parameter=Parameter(negative_bool=(), negative_iterable=()),
    )
    app.default(command)
    words = list(sys.argv[1:] if argv is None else argv)
    debug = '--debug' in words
    words = [word for word in words if word != '--debug']

    def run() -> int:
        code = app(words, exit_on_error=False, print_error=False, result_action='return_value')
        return code or 0

    return exit_code(run, debug, _told)


def _told(error: Exception) -> tuple[str, int]:
    if isinstance(error, CycloptsError):
        return one_line(error), USER_ERROR
    return report(error)
