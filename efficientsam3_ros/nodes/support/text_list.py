"""A list of texts as people write it: on a launch line, with ``ros2 param set``, in a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from efficientsam3_ros.core.errors.one_line import one_line, shown
from efficientsam3_ros.core.prompt import MAX_LINE_CHARACTERS, parse_prompts

_EXAMPLE = "write for example \"red mug, screwdriver\" or ['red mug', 'screwdriver']"

# What is nested deeply takes PyYAML seconds.
_MAX_BRACKETS = 100


def read_texts(name: str, value: Any) -> tuple[str, ...]:
    """Return the texts of a parameter.

    Args:
        name: Name of the parameter, for the message.
        value: A list of texts, or one text: phrases between commas, as ``parse_prompts`` reads
            them, or a YAML list. None and empty ones give nothing.

    Raises:
        ValueError: If an entry is no text, or the text cannot be read.
    """
    if value is None:
        return ()
    items = _split(name, value) if isinstance(value, str) else value
    if isinstance(items, bytes) or not isinstance(items, Iterable):
        raise ValueError(f'{name} is a list of texts, got {shown(value)}; {_EXAMPLE}.')
    texts = tuple(items)
    for item in texts:
        if not isinstance(item, str):
            raise ValueError(
                f'{name} holds {shown(item)}, which is no text; quote words that YAML takes for '
                "something else, as in ['yes', 'no']."
            )
    return texts


def _split(name: str, text: str) -> Iterable[Any]:
    line = text.strip()
    if not line:
        return ()
    if line[0] not in '["\'' and not line.startswith('- '):
        return tuple(prompt.concept for prompt in parse_prompts(line))
    if len(line) > MAX_LINE_CHARACTERS:
        raise ValueError(f'{name} is longer than {MAX_LINE_CHARACTERS} characters; shorten it.')
    if line.count('[') + line.count('{') > _MAX_BRACKETS:
        raise ValueError(f'{name} is no YAML list, but lists in lists; {_EXAMPLE}.')
    try:
        items = yaml.safe_load(line if line[0] in '[-' else f'[{line}]')
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(
            f'{name} cannot be read as a YAML list ({one_line(error)[:200]}); {_EXAMPLE}.'
        ) from None
    if not isinstance(items, list):
        raise ValueError(f'{name} is a list of texts, got {shown(items)}; {_EXAMPLE}.')
    return items
