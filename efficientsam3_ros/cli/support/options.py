"""Options that several verbs share, and the checks of what users type."""

from __future__ import annotations

import argparse
from dataclasses import fields
import math
from pathlib import Path
import shutil

from efficientsam3_ros.engine import DEFAULT_BUNDLE
from efficientsam3_ros.tracking import TrackerConfig


class OptionError(ValueError):
    """Arguments that do not fit; the message names the remedy."""


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """Offer ``--bundle``, ``--engine`` and ``--threads``."""
    group = parser.add_argument_group('network')
    group.add_argument(
        '--bundle', default=DEFAULT_BUNDLE, help='embedded name or folder (%(default)s)'
    )
    group.add_argument('--engine', default='onnxruntime', help='inference backend (%(default)s)')
    group.add_argument(
        '--threads', type=int, default=0, help='CPU threads, 0 takes all cores (%(default)s)'
    )


def add_tracker_options(parser: argparse.ArgumentParser) -> None:
    """Offer every setting of ``TrackerConfig``, ``detect_every`` as ``--detect-every``."""
    group = parser.add_argument_group('tracker')
    for item in fields(TrackerConfig):
        kind = type(item.default)
        shown = 'from the bundle' if item.default != item.default else item.default
        group.add_argument(
            f'--{item.name.replace("_", "-")}',
            type=kind,
            default=item.default,
            metavar=kind.__name__.upper(),
            help=f'{item.metadata["description"]} ({shown})'.replace('%', '%%'),
        )


def tracker_config(arguments: argparse.Namespace) -> TrackerConfig:
    """Return the settings that ``add_tracker_options`` read.

    Raises:
        ValueError: If one is out of range; the message names it.
    """
    return TrackerConfig(
        **{item.name: getattr(arguments, item.name) for item in fields(TrackerConfig)}
    )


def positive(text: str) -> float:
    """Read a number above 0, for argparse."""
    value = float(text)
    if not value > 0 or math.isinf(value):
        raise argparse.ArgumentTypeError(f'{text} is not a positive number')
    return value


def fresh(path: Path, force: bool) -> Path:
    """Make sure that an output does not exist yet.

    Args:
        path: File or folder to be written.
        force: Remove what is there.

    Raises:
        OptionError: If it exists and must stay, or is no place for an output.
    """
    if path.resolve() in (Path.cwd(), *Path.cwd().parents, Path.home()):
        raise OptionError(f'{path} would be replaced as a whole; name a folder of its own.')
    if path.exists() or path.is_symlink():
        if not force:
            raise OptionError(f'{path} exists already; choose another name or add --force.')
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
