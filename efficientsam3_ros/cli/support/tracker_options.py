"""Every setting of the tracker as an option, over those of a parameter file of the node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields, make_dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Group, Parameter

from efficientsam3_ros.cli.support.help_pages import FOLDED
from efficientsam3_ros.cli.support.options import OptionError
from efficientsam3_ros.core.renames import SETTINGS, renamed
from efficientsam3_ros.nodes.tracker.settings import NodeSettings
from efficientsam3_ros.tracking import TrackerConfig

# Prefix under which the node keeps the settings of ``TrackerConfig``.
_GROUP = 'tracking'


def _option(item: Field[Any]) -> tuple[str, Any, None]:
    """Return name, type and default of a field; None leaves the setting to file and default.

    ``TrackerConfig`` itself checks the ranges.
    """
    about = item.metadata
    hint: Any = type(item.default)
    shown = 'from the bundle' if item.default != item.default else str(item.default)
    if 'choices' in about:
        literal: Any = Literal
        hint = literal[about['choices']]
    elif 'low' in about:
        shown += f'; {about["low"]} to {about["high"]}'
    parameter = Parameter(
        help=about['description'],
        alias='--threshold' if item.name == 'detection_threshold' else None,
        negative_bool='no-',
        show_default=lambda _: shown,
    )
    return item.name, Annotated[hint | None, parameter], None


_Settings: Any = make_dataclass(
    '_Settings', map(_option, fields(TrackerConfig)), frozen=True, kw_only=True
)


@Parameter(name='*', group=Group(FOLDED, sort_key=4))
@dataclass(frozen=True, kw_only=True)
class TrackerOptions(_Settings):
    """Settings of the tracker by name, as ``detect_every`` by ``--detect-every``.

    Attributes:
        params: YAML file with settings of the tracker, as config/tracker.yaml; options come before
            it.
    """

    params: Annotated[Path | None, Parameter(group=Group('Tracker', sort_key=3))] = None

    def config(self) -> TrackerConfig:
        """Return the settings: the options, then the file's, then the defaults.

        Parameters of the node that are no settings (bundle, topics, rates) are passed over.

        Raises:
            OptionError: If the file cannot be read or names an unknown setting, or one by an old
                name.
            ValueError: If a setting is out of range; the message names it.
        """
        chosen = _read(self.params) if self.params else {}
        for item in fields(TrackerConfig):
            if (given := getattr(self, item.name)) is not None:
                chosen[item.name] = given
        return TrackerConfig(**chosen)


def _read(path: Path) -> dict[str, Any]:
    """Return the settings of a ``tracker.yaml``.

    It has plain ``name: value`` lines, or is as ROS 2 writes the node's parameters.
    """
    values = _load(path)
    if old := renamed(values, SETTINGS):
        raise OptionError(f'In {path} {old}; rename it there.')
    ours = {item.name: item.default for item in fields(TrackerConfig)}
    known = [*ours, *(item.name for item in fields(NodeSettings)), 'use_sim_time']
    for name in values:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f'; did you mean {near[0]}?' if near else '.'
            raise OptionError(f'{path} sets {name}, which is no parameter of the tracker{hint}')
    # YAML reads "1" where a setting is 1.0.
    return {
        name: float(value) if type(value) is int and isinstance(ours[name], float) else value
        for name, value in values.items()
        if name in ours
    }


def _load(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding='utf-8'))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise OptionError(f'{path} cannot be read as YAML: {error}') from error
    # ROS 2 wraps parameters as {node name: {ros__parameters: {...}}}.
    if isinstance(data, dict) and len(data) == 1:
        match next(iter(data.values())):
            case {'ros__parameters': dict(data)}:
                pass
    if not isinstance(data, dict):
        raise OptionError(f'{path} holds no parameters; copy config/tracker.yaml and change it.')
    group = data.pop(_GROUP, None)
    flat = {str(name).removeprefix(f'{_GROUP}.'): value for name, value in data.items()}
    return flat | group if isinstance(group, dict) else flat
