"""A tracker's settings from a parameter file of the node."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from efficientsam3_ros.cli.support.options import OptionError
from efficientsam3_ros.core.renames import SETTINGS, renamed
from efficientsam3_ros.nodes.tracker.settings import NodeSettings
from efficientsam3_ros.tracking import TrackerConfig

# Prefix under which the node keeps the settings of ``TrackerConfig``.
_GROUP = 'tracking'


def read_tracker_config(path: Path | None, **given: Any) -> TrackerConfig:
    """Return the settings of a ``tracker.yaml``, defaults for what it leaves out.

    Parameters of the node that are no thresholds (bundle, topics, rates) are passed over.

    Args:
        path: YAML: plain ``name: value`` lines, or as ROS 2 writes the node's parameters; None
            takes the defaults.
        given: Settings by name that come before the file's.

    Raises:
        OptionError: If the file cannot be read or names an unknown setting, or one by an old name.
        ValueError: If a setting is out of range; the message names it.
    """
    values = _load(path) if path else {}
    ours = {item.name: item for item in fields(TrackerConfig)}
    _check_names(path, values.keys(), ours.keys())
    chosen: dict[str, Any] = {
        # YAML reads "1" where a setting is 1.0.
        name: float(values[name]) if _is_whole(item.default, values[name]) else values[name]
        for name, item in ours.items()
        if name in values
    }
    return TrackerConfig(**chosen | given)


def _check_names(path: Path | None, names: Collection[str], ours: Iterable[str]) -> None:
    if old := renamed(names, SETTINGS):
        raise OptionError(f'In {path} {old}; rename it there.')
    known = [*ours, *(item.name for item in fields(NodeSettings)), 'use_sim_time']
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f'; did you mean {near[0]}?' if near else '.'
            raise OptionError(f'{path} sets {name}, which is no parameter of the tracker{hint}')


def _is_whole(default: object, value: object) -> bool:
    return isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool)


def _load(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding='utf-8'))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise OptionError(f'{path} cannot be read as YAML: {error}') from error
    # ROS 2 wraps parameters as {node name: {ros__parameters: {...}}}.
    if isinstance(data, dict) and len(data) == 1:
        inner = next(iter(data.values()))
        if isinstance(inner, dict) and isinstance(inner.get('ros__parameters'), dict):
            data = inner['ros__parameters']
    if not isinstance(data, dict):
        raise OptionError(f'{path} holds no parameters; copy config/tracker.yaml and change it.')
    group = data.pop(_GROUP, None)
    flat = {str(name).removeprefix(f'{_GROUP}.'): value for name, value in data.items()}
    return flat | group if isinstance(group, dict) else flat
