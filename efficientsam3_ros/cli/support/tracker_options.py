"""Every setting of the tracker as an option, over those of a parameter file of the node."""

from __future__ import annotations

from dataclasses import Field, dataclass, fields, make_dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Group, Parameter

from efficientsam3_ros.cli.support.help_pages import FOLDED
from efficientsam3_ros.cli.support.parameter_file import read_parameters
from efficientsam3_ros.tracking import TrackerConfig


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

        Raises:
            OptionError: If the file cannot be used; see ``read_parameters``.
            ValueError: If a setting is out of range; the message names it.
        """
        chosen = read_parameters(self.params) if self.params else {}
        for item in fields(TrackerConfig):
            if (given := getattr(self, item.name)) is not None:
                chosen[item.name] = given
        return TrackerConfig(**chosen)
