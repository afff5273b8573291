"""Options that several verbs share, and the checks of what users type.

Every dataclass here is one titled group of a verb's help; its ``Attributes`` are the help texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf, isnan
from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind
from efficientsam3_ros.engine.bundles import DEFAULT_BUNDLE, find_bundle


class OptionError(ValueError):
    """Arguments that do not fit; the message names the remedy."""


LARGEST_NUMBER = 10**9
"""What no count, size or time that users mean exceeds."""


def refuse_nan(_: object, value: object) -> None:
    """Validate that a number is one; before version 5, cyclopts lets NaN pass every limit.

    Raises:
        ValueError: If it is NaN.
    """
    if isinstance(value, float) and isnan(value):
        raise ValueError('Must be a number.')


def between(low: float, high: float, default: str = '') -> Parameter:
    """Return the annotation of a number from ``low`` to ``high``, both included.

    Args:
        low: Smallest value.
        high: Largest value; infinite for none but ``LARGEST_NUMBER``.
        default: Shown instead of the default value.
    """
    bounds = f'at least {low:g}' if high == inf else f'{low:g} to {high:g}'
    limits = Number(gte=low, lte=high if high < inf else LARGEST_NUMBER)
    return Parameter(
        validator=(limits, refuse_nan),
        show_default=lambda value: f'{default or value}; {bounds}',
    )


def at_least(low: float, default: str = '') -> Parameter:
    """Return the annotation of a number that is ``low`` or more; see ``between``."""
    return between(low, inf, default)


Positive = Annotated[
    float,
    Parameter(
        validator=(Number(gt=0, gte=1e-6, lte=LARGEST_NUMBER), refuse_nan),
        show_default=lambda value: f'{value:g}; above 0',
    ),
]
"""A finite number above 0."""

Seed = Annotated[int, between(0, 2**32 - 1)]
"""What random numbers begin with."""

Pixels = Annotated[int, between(1, 16384)]
"""Rows or columns of an image."""

Switch = Annotated[bool, Parameter(negative_bool='no-')]
"""A flag that is on unless ``--no-...`` turns it off; a plain ``bool`` is off unless given."""

Words = Annotated[tuple[str, ...], Parameter(consume_multiple=True)]
"""Several values after one option."""

Paths = Annotated[tuple[Path, ...], Parameter(consume_multiple=True)]
"""Several files or folders after one option."""


@Parameter(name='*', group=Group('Output', sort_key=1))
@dataclass(frozen=True, kw_only=True)
class OutputOptions:
    """Where results go.

    Attributes:
        out: New file or folder for the results.
        force: Replace earlier results there.
    """

    out: Path
    force: bool = False

    def checked(
        self,
        inputs: Iterable[Path | None],
        kind: ResultKind,
        own_file: Callable[[Path], bool] | None = None,
    ) -> Path:
        """Return where to write; nothing is changed yet. See ``check_output``."""
        return check_output(self.out, inputs, kind=kind, force=self.force, own_file=own_file)


@Parameter(name='*', group=Group('Network', sort_key=2))
@dataclass(frozen=True, kw_only=True)
class EngineOptions:
    """Which network runs, and how.

    Attributes:
        bundle: Embedded name or folder.
        engine: Inference backend: onnxruntime, openvino, tensorrt, ...; a precision may follow, as
            in tensorrt:fp16.
        threads: CPU threads, 0 takes all cores (a node: half of them).
    """

    bundle: str = DEFAULT_BUNDLE
    engine: str = 'onnxruntime'
    threads: Annotated[int, between(0, 256)] = 0

    def inputs(self) -> tuple[Path, ...]:
        """Return what is read: the bundle's folder.

        Raises:
            BundleError: If there is none.
        """
        return (find_bundle(self.bundle),)
