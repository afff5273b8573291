"""Settings of the tracker from a YAML file, read as ROS 2 reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.tag import Tag

from efficientsam3_ros.cli.support.options import OptionError
from efficientsam3_ros.core.errors.one_line import one_line, shown
from efficientsam3_ros.core.renames import SETTINGS, renamed
from efficientsam3_ros.nodes.tracker.settings import NodeSettings
from efficientsam3_ros.tracking import TrackerConfig

GROUP = 'tracking'
"""Prefix under which the node keeps the settings of ``TrackerConfig``."""

NODE = 'tracker'
LARGEST = 128_000
"""Bytes of a file; a whole one has 10,000."""
MOST_BRACKETS = 500
"""Reading takes time with the square of the depth."""

_PARAMETERS = 'ros__parameters'
_FLOAT = re.compile(r'[-+]?\.[0-9]+[eE][0-9]+')


def read_parameters(path: Path) -> dict[str, Any]:
    """Return the settings of ``TrackerConfig`` that a file gives.

    It has plain ``name: value`` lines, or is as ROS 2 writes parameters: of any nodes, of which
    wildcards and then the node ``tracker`` count, or of one node of any name. Parameters of the
    node that are no settings (bundle, topics, rates) are passed over. Numbers are those of YAML
    1.2, as in ROS 2: ``1e-1`` is one, ``"0.1"`` a text.

    Raises:
        OptionError: If it cannot be read, has another form, or names an unknown setting, or one
            by an old name.
    """
    values = _flat(_chosen(_load(path), path), path)
    if old := renamed(values, SETTINGS):
        raise OptionError(f'In {path} {old}; rename it there.')
    ours = {item.name: item.default for item in fields(TrackerConfig)}
    known = [*ours, *(item.name for item in fields(NodeSettings)), 'use_sim_time']
    for name in values:
        if name not in known:
            near = get_close_matches(name[:100], known, 1)
            hint = f'; did you mean {near[0]}?' if near else '.'
            raise OptionError(
                f'{path} sets {shown(name)}, which is no parameter of the tracker{hint}'
            )
    # YAML reads "1" where a setting is 1.0.
    return {
        name: float(value) if _is_small(value) and isinstance(ours[name], float) else value
        for name, value in values.items()
        if name in ours
    }


def _is_small(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def _load(path: Path) -> Mapping[Any, Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise OptionError(f'{path} has more than {LARGEST} bytes; it is no parameter file.')
        text = path.read_text(encoding='utf-8-sig')
        if sum(map(text.count, '[{')) > MOST_BRACKETS:
            raise OptionError(f'{path} is nested too deeply; it is no parameter file.')
        parser = YAML(typ='safe', pure=True)
        parser.Resolver = _Resolver
        data = parser.load(text)
    # A tag such as !!int may stand before anything.
    except (OSError, ValueError, TypeError, KeyError, RecursionError, YAMLError) as error:
        if isinstance(error, OptionError):
            raise
        raise OptionError(f'{path} cannot be read as YAML: {one_line(error)}') from error
    if not isinstance(data, Mapping):
        raise OptionError(
            f'{path} holds no parameters but {shown(data)}; copy config/tracker.yaml and change '
            'it.'
        )
    return data


class _Resolver(VersionedResolver):
    """Takes every number of YAML 1.2; the library leaves out ``.1e0``."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        """Return the tag of a node."""
        if kind is ScalarNode and implicit[0] and _FLOAT.fullmatch(value):
            return Tag(suffix='tag:yaml.org,2002:float')
        return super().resolve(kind, value, implicit)


def _chosen(data: Mapping[Any, Any], path: Path) -> Mapping[Any, Any]:
    """Return the parameters that are the tracker's."""
    nodes = list(_nodes(data))
    if not nodes:
        return data
    for name, found in nodes:
        if not isinstance(found, Mapping):
            raise OptionError(
                f'{path}: {_PARAMETERS} of {shown(name)} is {shown(found)}; below it stand names '
                'and values.'
            )
    if len(nodes) == 1:
        return dict(nodes[0][1])
    general = [found for name, found in nodes if name.rpartition('/')[2] in ('*', '**')]
    own = [found for name, found in nodes if name.rpartition('/')[2] == NODE]
    if not general and not own:
        names = shown([name for name, _ in nodes])
        raise OptionError(
            f'{path} holds parameters of the nodes {names}; call the one that is meant {NODE}.'
        )
    merged: dict[str, Any] = {}
    for found in (*general, *own):
        merged |= _flat(found, path)
    return merged


def _nodes(data: Mapping[Any, Any], above: str = '') -> Iterator[tuple[str, Any]]:
    """Yield each node's name and parameters; namespaces may lie around nodes."""
    for name, inner in data.items():
        if not isinstance(inner, Mapping):
            continue
        place = f'{above}/{str(name).strip("/")}'
        if _PARAMETERS in inner:
            yield place, inner[_PARAMETERS]
        else:
            yield from _nodes(inner, place)


def _flat(data: Mapping[Any, Any], path: Path) -> dict[str, Any]:
    """Return settings by their own names, whichever way ``tracking`` is written."""
    flat: dict[str, Any] = {}
    for key, value in data.items():
        name = str(key)
        if name != GROUP:
            flat[name.removeprefix(f'{GROUP}.')] = value
        elif isinstance(value, Mapping):
            flat |= {str(inner): setting for inner, setting in value.items()}
        else:
            raise OptionError(
                f'{path}: {GROUP} is {shown(value)}; below it stand settings, as in '
                'config/tracker.yaml.'
            )
    return flat
