"""From YAML and the command line to dataclasses, by OmegaConf; misfits are named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import ConfigKeyError, OmegaConfBaseException
from yaml import YAMLError

from efficientsam3_ros.core.errors.one_line import one_line

T = TypeVar('T')

RENAMED = {
    'start_from': 'initialize_from',
    'start': 'initialize_from',
    'start_by_appearance': 'initialize_by_appearance',
    'student.presence_gate': '--presence-gate of training.export',
    'data.twins': 'data.lookalikes',
    'loss.centre': 'loss.center',
    'schedule.forced_until': 'schedule.teacher_forcing_until',
    'schedule.forced_share': 'schedule.teacher_forcing_share',
    'schedule.free_from': 'schedule.free_running_from',
    'schedule.trusted': 'schedule.conditioning_share',
}
"""Old key to what took its place, keys with dots between levels."""


class ConfigError(ValueError):
    """Settings that cannot be used; the message names the entry."""


def read_entries(path: Path, remedy: str) -> Any:
    """Read a YAML file as nested mappings, for :func:`build`.

    Args:
        path: The file.
        remedy: What to do where it is missing.

    Raises:
        ConfigError: If it is missing or no YAML.
    """
    if not path.is_file():
        raise ConfigError(f'{path} does not exist; {remedy}.')
    try:
        return OmegaConf.to_container(OmegaConf.load(path))
    except (OSError, ValueError, YAMLError, OmegaConfBaseException) as error:
        raise ConfigError(f'{path} is not YAML: {one_line(error)}') from error


def build(kind: type[T], entries: Any, where: str, overrides: Sequence[str] = ()) -> T:
    """Make a dataclass from nested mappings.

    Args:
        kind: The dataclass; entries that are left out have its defaults.
        entries: By name.
        where: Where they come from, for messages.
        overrides: Entries in their place as ``KEY=VALUE``, with dots between levels.

    Raises:
        ConfigError: If an entry is unknown or does not fit.
    """
    if not isinstance(entries, Mapping):
        raise ConfigError(f'{where}: expected a mapping, got {entries!r}.')
    config = OmegaConf.structured(kind)
    changes = [(where, entries), *(('command line', _parsed(text)) for text in overrides)]
    for source, change in changes:
        config = _with(config, dict(leaves(change)), source)
    try:
        return cast(T, OmegaConf.to_object(config))
    except (OmegaConfBaseException, TypeError, ValueError) as error:
        source = ' '.join((where, *overrides))
        raise ConfigError(f'{source}: {_first_line(error)}') from error


def _parsed(override: str) -> dict[str, Any]:
    """Return the entry of ``KEY=VALUE``; no value is an empty text."""
    key, equals, text = override.partition('=')
    if not (key and equals):
        raise ConfigError(f'{override!r} is no setting; write KEY=VALUE, e.g. seed=2.')
    try:
        return {key: OmegaConf.from_dotlist([f'value={text}']).value if text else ''}
    except YAMLError as error:
        raise ConfigError(f'{override!r}: the value is not YAML.') from error


def leaves(entries: Mapping[Any, Any], above: str = '') -> Iterator[tuple[str, Any]]:
    """Iterate over entries that are no mappings, with the keys of all levels joined by dots."""
    for name, value in entries.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f'{above}{name}.')
        else:
            yield f'{above}{name}', value


def _with(config: DictConfig, entries: Mapping[str, Any], where: str) -> DictConfig:
    """Return the settings with more entries, checked against the schema."""
    if len(entries) > 1:
        try:  # many times faster than one after the other, which tells what does not fit
            return _merged(config, entries, where)
        except ConfigError:
            pass
    for key, value in entries.items():
        config = _merged(config, {key: value}, where)
    return config


def _merged(config: DictConfig, entries: Mapping[str, Any], where: str) -> DictConfig:
    """Return the settings with entries; what is said of a misfit holds for one that is alone."""
    change = OmegaConf.create()
    for key, value in entries.items():
        place, before = f'{where}: {key}', OmegaConf.select(config, key)
        if key in RENAMED:
            raise ConfigError(f'{place} is now {RENAMED[key]}; change the entry.')
        if isinstance(before, DictConfig) and not isinstance(value, Mapping):
            raise ConfigError(f'{place}: expected a mapping, got {value!r}.')
    try:
        for key, value in entries.items():
            OmegaConf.update(change, key, value)
        return cast(DictConfig, OmegaConf.merge(config, change))
    except ConfigKeyError as error:
        text = _first_line(error)
        if 'Did you mean' not in text and isinstance(error.parent_node, DictConfig):
            text = f'{text}; known are {", ".join(map(str, error.parent_node))}.'
        raise ConfigError(f'{place}: {text}') from error
    except (OmegaConfBaseException, TypeError, ValueError) as error:
        raise ConfigError(f'{place}: {_first_line(error)}; its default is {before!r}.') from error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
