"""Decodes messages by the definitions that a bag carries."""

from __future__ import annotations

from typing import Any

from rosbags.interfaces import Connection, MessageDefinition, MessageDefinitionFormat
from rosbags.typesys import (
    Stores,
    TypesysError,
    get_types_from_idl,
    get_types_from_msg,
    get_typestore,
)
from rosbags.typesys.store import Typestore

from efficientsam3_ros.bags.errors import BagError
from efficientsam3_ros.bags.typestore import message_store

_SEPARATOR = '=' * 80 + '\n'


class Decoder:
    """Turns bytes into message objects; a type is looked at when a message of it is.

    So a type that nobody can parse does no harm on topics that nobody asks for.
    """

    def __init__(self) -> None:
        self._stores: dict[tuple[str, MessageDefinition], Typestore] = {}

    def __call__(self, connection: Connection, data: bytes) -> Any:
        """Decode one message.

        Args:
            connection: Names the type and carries its definition, if the bag has one.
            data: CDR bytes.

        Raises:
            BagError: If the type is unknown.
        """
        key = (connection.msgtype, connection.msgdef)
        store = self._stores.get(key)
        if store is None:
            store = self._stores[key] = _store(*key)
        return store.deserialize_cdr(data, connection.msgtype)


def _store(kind: str, definition: MessageDefinition) -> Typestore:
    known = message_store()
    if definition.format == MessageDefinitionFormat.NONE:
        if kind in known.types:
            return known
        raise BagError(f'{kind} is unknown: the bag carries no definition of it.')
    try:
        types: Any = _parse(kind, definition)
        store = get_typestore(Stores.EMPTY)
        store.register(types)
        if kind not in store.types:
            raise TypesysError('it is not what its name says.')
    # The parsers stumble over foreign definitions in many ways.
    except (TypesysError, AssertionError, ValueError, KeyError) as error:
        if kind in known.types:
            return known
        raise BagError(f'The definition of {kind} cannot be read: {error}') from error
    return store


def _parse(kind: str, definition: MessageDefinition) -> dict[str, Any]:
    if definition.format == MessageDefinitionFormat.MSG:
        return dict(get_types_from_msg(definition.data, kind))
    types: dict[str, Any] = {}
    for part in definition.data.split(_SEPARATOR):
        text = part.split('\n', 1)[1] if part.startswith('IDL: ') else part
        if text.strip():
            types.update(get_types_from_idl(text))
    return types
