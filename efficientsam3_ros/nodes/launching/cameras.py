"""The cameras of ``multi_camera.launch.py``, from texts; without launch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import json
import re
from typing import Any

import yaml

from efficientsam3_ros.core.errors.one_line import one_line, shown
from efficientsam3_ros.nodes.launching.arguments import OBJECTS_NAMES, TRACKER_NAMES
from efficientsam3_ros.nodes.support.launch_texts import flag

_NAMESPACE = re.compile(r'/?[A-Za-z_]\w*(/[A-Za-z_]\w*)*', re.ASCII)
_OWN_EXAMPLE = 'per_camera:="{wrist: {image: color/image_raw, prompts: [bolt, nut]}}"'


@dataclass(frozen=True)
class Camera:
    """One camera.

    Attributes:
        namespace: Of its topics and nodes.
        objects: Whether it gets an objects node beside its tracker.
        arguments: Launch arguments that are its own.
    """

    namespace: str
    objects: bool
    arguments: Mapping[str, str]


def read_cameras(names: str, own: str, objects: str) -> list[Camera]:
    """Return the cameras of a launch line.

    Args:
        names: Namespaces between commas, or a YAML list of them.
        own: YAML: namespace to launch arguments of this camera, ``objects`` included; may be
            blank.
        objects: Whether cameras get an objects node, ``true`` or ``false``.

    Raises:
        ValueError: If there is no camera, a name is none or stands twice, or an argument is
            unknown.
    """
    namespaces = _namespaces(names)
    given = _mapping('per_camera', own)
    strangers = [shown(name) for name in given if name not in namespaces]
    if strangers:
        raise ValueError(
            f'per_camera names {", ".join(strangers)}; the cameras are {", ".join(namespaces)}.'
        )
    wanted = flag('objects', objects)
    return [_camera(name, given.get(name), wanted) for name in namespaces]


def _namespaces(text: str) -> list[str]:
    line = text.strip()
    found = _yaml('cameras', line if line.startswith('[') else f'[{line}]')
    names = [str(name) for name in found] if isinstance(found, list) else [line]
    if not names:
        raise ValueError('cameras is empty; give namespaces, as in cameras:="front, wrist".')
    for name in names:
        if not _NAMESPACE.fullmatch(name):
            raise ValueError(
                f'cameras holds {shown(name)}, which is no namespace; write letters, digits and '
                '_, no digit first, as in cameras:="front, robot1/wrist".'
            )
        if names.count(name) > 1:
            raise ValueError(f'cameras names {shown(name)} twice; nodes would share its topics.')
    return names


def _camera(namespace: str, own: Any, objects: bool) -> Camera:
    arguments = _texts(namespace, own or {})
    if 'objects' in arguments:
        objects = flag('objects', arguments.pop('objects'))
    known = (OBJECTS_NAMES if objects else TRACKER_NAMES) - {'namespace'}
    unknown = [shown(name) for name in arguments if name not in known]
    if unknown:
        file = 'objects.launch.py' if objects else 'tracker.launch.py'
        raise ValueError(
            f'per_camera gives {namespace} {", ".join(unknown)}, which {file} does not take; see '
            f'ros2 launch efficientsam3_ros {file} --show-args, or put parameters of one node '
            f'into params_file below "/{namespace.lstrip("/")}/tracker:".'
        )
    return Camera(namespace, objects, arguments)


def _texts(namespace: str, own: Any) -> dict[str, str]:
    if not isinstance(own, dict):
        raise ValueError(f'per_camera gives {namespace} no mapping; write {_OWN_EXAMPLE}.')
    return {str(name): _text(f'{namespace}: {name}', value) for name, value in own.items()}


def _text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float | list):
        # JSON is YAML, which is how the nodes read their arguments.
        return json.dumps(value)
    raise ValueError(f'per_camera has no value for {name}; write {_OWN_EXAMPLE}.')


def _mapping(name: str, text: str) -> dict[Any, Any]:
    found = _yaml(name, text) if text.strip() else {}
    if not isinstance(found, dict):
        raise ValueError(f'{name} is no mapping; write {_OWN_EXAMPLE}.')
    return found


def _yaml(name: str, text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f'{name} cannot be read ({one_line(error)[:200]}).') from None
