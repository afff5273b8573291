"""The command lines of ``python -m training.…``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import cleandoc
import sys

from cyclopts import App, CycloptsError, Parameter

from efficientsam3_ros.core.one_line import one_line


def run_command(
    module: str,
    about: str | None,
    command: Callable[..., None],
    argv: Sequence[str] | None = None,
    errors: tuple[type[Exception], ...] = (),
) -> int:
    """Run a function as a command line; return the exit code, 2 after a user's error.

    Args:
        module: What stands behind ``python -m``.
        about: Its docstring: a summary, an empty line, examples.
        command: Its parameters are the options, its docstring tells of them.
        argv: Arguments, else those of the process.
        errors: What is a user's error besides ``ValueError``.
    """
    summary, _, examples = cleandoc(about or '').partition('\n\n')
    app = App(
        name=f'python -m {module}',
        help=summary,
        help_epilogue=examples,
        help_format='plaintext',
        version_flags=(),
        default_parameter=Parameter(negative_bool=(), negative_iterable=()),
    )
    app.default(command)
    user_errors: tuple[type[Exception], ...] = (CycloptsError, ValueError, *errors)
    try:
        app(argv, exit_on_error=False, print_error=False, result_action='return_value')
    except user_errors as error:
        print(f'error: {one_line(error)}', file=sys.stderr)
        return 2
    return 0
