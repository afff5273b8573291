"""Message types: ours from the .msg files of this package, foreign ones as a bag defines them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
import os
from pathlib import Path
from typing import Any

from rosbags.interfaces import (
    Connection,
    MessageDefinition,
    MessageDefinitionFormat,
    Nodetype,
)
from rosbags.typesys import (
    Stores,
    TypesysError,
    get_types_from_idl,
    get_types_from_msg,
    get_typestore,
)
from rosbags.typesys.store import Typestore

from efficientsam3_ros.bags.errors import BagError

PACKAGE = 'efficientsam3_ros'
INSTANCE_ARRAY = f'{PACKAGE}/msg/InstanceArray'
MESSAGES = ('Instance', 'InstanceArray')
_SEPARATOR = '=' * 80 + '\n'
_KEPT = 64


@cache
def message_store() -> Typestore:
    """Return the types of ROS 2 Jazzy and our own.

    Raises:
        BagError: If the .msg files are not found.
    """
    folder = _message_folder()
    types: dict[str, object] = {}
    for name in MESSAGES:
        text = (folder / f'{name}.msg').read_text(encoding='utf-8')
        types.update(get_types_from_msg(text, f'{PACKAGE}/msg/{name}'))
    store = get_typestore(Stores.ROS2_JAZZY)
    store.register(types)  # type: ignore[arg-type]
    return store


def _message_folder() -> Path:
    """Find the .msg files: in the source tree, in a wheel, or in what colcon installed."""
    here = Path(__file__).resolve()
    prefixes = [p for p in os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep) if p]
    shares = [Path(prefix) / 'share' / PACKAGE / 'msg' for prefix in prefixes]
    for folder in (here.parents[2] / 'msg', here.parent / 'definitions', *shares):
        if all((folder / f'{name}.msg').is_file() for name in MESSAGES):
            return folder
    raise BagError(
        'The message definitions (InstanceArray.msg) are not installed; install the package anew, '
        'or source the workspace that it was built in.'
    )


class Decoder:
    """Turns bytes into message objects; a type is looked at when a message of it is.

    So a type that nobody can parse does no harm on topics that nobody asks for.
    """

    def __call__(self, connection: Connection, data: bytes) -> Any:
        """Decode one message.

        Args:
            connection: Names the type and carries its definition, if the bag has one.
            data: CDR bytes.

        Raises:
            BagError: If the type is unknown.
        """
        store = _store(connection.msgtype, connection.msgdef)
        return store.deserialize_cdr(data, connection.msgtype)


# Bags of one recorder define their types alike, and parsing takes longer than a small bag.
@lru_cache(_KEPT)
def _store(kind: str, definition: MessageDefinition) -> Typestore:
    known = message_store()
    if definition.format == MessageDefinitionFormat.NONE or not definition.data.strip():
        if kind in known.types:
            return known
        raise BagError(f'{kind} is unknown: the bag carries no definition of it.')
    try:
        types: Any = _parse(kind, definition)
        _complete(types, known)
        store = get_typestore(Stores.EMPTY)
        store.register(types)
        if kind not in store.types:
            raise TypesysError('it is not what its name says.')
        if kind in known.types and not _has_fields_of(known, store, kind):
            raise TypesysError('it lacks fields of its type.')
    # The parsers stumble over foreign definitions in many ways.
    except (TypesysError, AssertionError, ValueError, KeyError) as error:
        if kind in known.types:
            return known
        raise BagError(f'The definition of {kind} cannot be read: {error}') from error
    return store


def _has_fields_of(known: Typestore, store: Typestore, kind: str) -> bool:
    """Tell whether a bag's definition of a type has all fields that we read of it."""
    waiting, seen = [kind], {kind}
    while waiting:
        name = waiting.pop()
        if name not in store.fielddefs:
            return False
        wanted = known.fielddefs[name][1]
        if not {field for field, _ in wanted} <= {field for field, _ in store.fielddefs[name][1]}:
            return False
        inside = set(_named_types(wanted)) - seen
        waiting += inside
        seen |= inside
    return True


def _complete(types: dict[str, Any], known: Typestore) -> None:
    """Add the known types that definitions name without defining them, as some writers do."""
    waiting = list(types)
    while waiting:
        for named in _named_types(types[waiting.pop()][1]):
            if named not in types and named in known.fielddefs:
                types[named] = known.fielddefs[named]
                waiting.append(named)


def _named_types(fields: Iterable[tuple[str, Any]]) -> Iterator[str]:
    for _, (node, detail) in fields:
        if node in (Nodetype.ARRAY, Nodetype.SEQUENCE):
            node, detail = detail[0]
        if node == Nodetype.NAME:
            yield detail


def _parse(kind: str, definition: MessageDefinition) -> dict[str, Any]:
    if definition.format == MessageDefinitionFormat.MSG:
        return dict(get_types_from_msg(definition.data, kind))
    types: dict[str, Any] = {}
    for part in definition.data.split(_SEPARATOR):
        text = part.split('\n', 1)[1] if part.startswith('IDL: ') else part
        if text.strip():
            types.update(get_types_from_idl(text))
    return types
