"""Ways in which files come to harm, each a function of the bytes and a random generator."""

from __future__ import annotations

from collections.abc import Callable
import json
from random import Random
from typing import Any

Damage = Callable[[bytes, Random], bytes]


def truncate(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) or 1)]


def flip_bytes(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 4, 40))):
        changed[random.randrange(len(changed))] ^= random.randrange(1, 256)
    return bytes(changed)


def _block(data: bytes, random: Random) -> tuple[int, int]:
    start = random.randrange(len(data))
    return start, min(len(data), start + random.choice((1, 16, 256, 4096)))


def zero_block(data: bytes, random: Random) -> bytes:
    start, end = _block(data, random)
    return data[:start] + bytes(end - start) + data[end:]


def swap_blocks(data: bytes, random: Random) -> bytes:
    cuts = sorted(random.randrange(len(data) + 1) for _ in range(3))
    return data[: cuts[0]] + data[cuts[1] : cuts[2]] + data[cuts[0] : cuts[1]] + data[cuts[2] :]


def duplicate(data: bytes, random: Random) -> bytes:
    start, end = _block(data, random)
    return data[:end] + data[start:end] * random.choice((1, 3)) + data[end:]


def insert_noise(data: bytes, random: Random) -> bytes:
    place = random.randrange(len(data))
    return data[:place] + random.randbytes(random.choice((1, 7, 300))) + data[place:]


def empty(data: bytes, random: Random) -> bytes:
    return b''


def other_kind(data: bytes, random: Random) -> bytes:
    heads = (
        b'\x89PNG\r\n\x1a\n',
        b'\x89MCAP0\r\n',
        b'SQLite format 3\0',
        b'{"a": ',
        b'%PDF-1.7\n',
    )
    return random.choice((random.choice(heads) + random.randbytes(200), b'just a text\n' * 20))


def mark_before(data: bytes, random: Random) -> bytes:
    return random.choice((b'\xef\xbb\xbf', b'\xff\xfe', b'\xfe\xff\x00')) + data


def deep(data: bytes, random: Random) -> bytes:
    return random.choice((b'[', b'{"a":', b'- ', b'((')) * random.choice((300, 20_000))


WRONG_VALUES: tuple[Any, ...] = (
    *(None, True, '', 'x', -1, 0, 2.5, 10**30, 10**400, [], {}, [[]], [1], {'a': 1}, [None]),
    *(float('nan'), float('inf'), -float('inf'), '9' * 300, '\x1b[31m', '\ud800', '../../etc'),
    *(-(10**18), 1e308, 'NaN', [10**9, 10**9], {'': {}}),
)


def wrong_entry(data: bytes, random: Random) -> bytes:
    """Replace, remove or add an entry of a JSON text."""
    try:
        node = root = json.loads(data)
    except ValueError:
        return flip_bytes(data, random)
    parent, key = None, None
    while isinstance(node, (dict, list)) and node and (parent is None or random.random() < 0.8):
        key = random.choice(list(node) if isinstance(node, dict) else range(len(node)))
        parent, node = node, node[key]
    if parent is None:
        return data
    act = random.random()
    if act < 0.7:
        parent[key] = random.choice(WRONG_VALUES)
    elif act < 0.85:
        del parent[key]
    elif isinstance(parent, dict):
        parent['stranger'] = random.choice(WRONG_VALUES)
    else:
        parent.append(random.choice(WRONG_VALUES))
    return json.dumps(root).encode()


def wrong_number(data: bytes, random: Random) -> bytes:
    """Replace a value of a YAML text."""
    lines = data.decode().splitlines()
    places = [
        i for i, line in enumerate(lines) if ':' in line and not line.lstrip().startswith('#')
    ]
    values = ('1e999', '.nan', '-.inf', '1e-1', '"0.5"', '[1, 2]', '{a: 1}', 'null', 'on', '0x10')
    values += ('9' * 400, '*x', '!!binary "x"', '2020-01-01', '- 3', "'", '\t3', '&a [*a]', '1:30')
    place = random.choice(places)
    lines[place] = f'{lines[place].partition(":")[0]}: {random.choice(values)}'
    return '\n'.join(lines).encode()


BINARY: tuple[Damage, ...] = (
    *(truncate, flip_bytes, zero_block, swap_blocks, duplicate, insert_noise, empty, other_kind),
    mark_before,
)
JSON: tuple[Damage, ...] = (*BINARY, deep, wrong_entry, wrong_entry, wrong_entry, wrong_entry)
YAML: tuple[Damage, ...] = (*BINARY, deep, wrong_number, wrong_number, wrong_number)
