"""What launch files do with the texts of their arguments; without ROS and without launch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, fields
import math
from typing import Any

import yaml

from efficientsam3_ros.core.errors.one_line import shown
from efficientsam3_ros.nodes.support.text_list import read_texts


def shown_default(default: Any) -> str:
    """Return a parameter's default as a user would write it on the launch line."""
    if isinstance(default, tuple):
        return f'[{", ".join(map(repr, default))}]'
    return str(default).lower() if isinstance(default, bool | float) else str(default)


def parameters(settings: type, texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters that were given, in the types that the node declares.

    Args:
        settings: The dataclass of ``core.settings`` that the node declares.
        texts: Parameter name to text; an empty text was not given, other names are passed over.

    Returns:
        Name to value. What cannot be read stays as it is: the node refuses it in one sentence.
    """
    known = {item.name: item for item in fields(settings)}
    return {
        name: _value(known[name], text)
        for name, text in texts.items()
        if name in known and text.strip()
    }


def _value(item: Field[Any], text: str) -> Any:
    default: Any = item.default
    if isinstance(default, tuple):
        try:
            # launch takes no empty lists; a blank entry means the same.
            return list(read_texts(item.name, text)) or ['']
        except ValueError:
            return text
    if isinstance(default, str):
        return text
    value = _scalar(text)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if isinstance(default, float) and whole else value


def _scalar(text: str) -> bool | int | float | str:
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return text
    if isinstance(value, str):
        # YAML 1.1 takes 1e-3 for a text.
        return _number(value)
    return value if isinstance(value, bool | int | float) else text


def _number(text: str) -> float | str:
    try:
        value = float(text)
    except ValueError:
        return text
    return text if math.isnan(value) else value


def flag(name: str, text: str) -> bool:
    """Return an argument of the launch file itself that is true or false.

    Raises:
        ValueError: If it is something else.
    """
    value = _scalar(text)
    if not isinstance(value, bool):
        raise ValueError(f'{name} is true or false, got {shown(text)}.')
    return value


def remappings(image: str, more: str) -> list[tuple[str, str]]:
    """Return the remappings of a node that subscribes to images.

    Args:
        image: Topic; the node itself understands the ending ``/compressed``.
        more: Further ones, ``from:=to``, separated by spaces.

    Raises:
        ValueError: If one of them is no remapping.
    """
    pairs = [('image', image)]
    for word in more.split():
        source, found, target = word.partition(':=')
        if not (source and found and target):
            raise ValueError(
                f'remaps holds {shown(word)}; write from:=to, several separated by spaces, as in '
                'remaps:="~/instances:=/masks ~/overlay:=/picture".'
            )
        pairs.append((source, target))
    return pairs
