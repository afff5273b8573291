"""LZF streams, written out by hand, come back byte by byte; damaged ones are refused."""

from __future__ import annotations

import pytest

from efficientsam3_ros.core.lzf import LzfError, decompress


def match(back: int, length: int) -> bytes:
    """Return the token that repeats ``length`` bytes from ``back`` bytes before the end."""
    high, low = divmod(back - 1, 256)
    if length < 9:
        return bytes([(length - 2) << 5 | high, low])
    return bytes([7 << 5 | high, length - 9, low])


@pytest.mark.parametrize(
    ('stream', 'plain'),
    [
        (b'', b''),
        (b'\x02abc', b'abc'),
        (b'\x1f' + bytes(range(32)), bytes(range(32))),
        # The shortest match, three bytes.
        (b'\x03abcd' + match(4, 3), b'abcdabc'),
        # A match that runs into what it writes.
        (b'\x00x' + match(1, 8), b'x' * 9),
        (b'\x01xy' + match(2, 5) + b'\x00z', b'xyxyxyxz'),
        # From nine bytes on the length has a byte of its own.
        (b'\x00x' + match(1, 9), b'x' * 10),
        (b'\x00x' + match(1, 264), b'x' * 265),
        # Beyond 256 bytes the distance fills both bytes.
        (b'\x01ab' + match(1, 264) + match(266, 4), b'a' + b'b' * 265 + b'abbb'),
    ],
)
def test_tokens_are_expanded(stream, plain):
    assert decompress(stream, len(plain)) == plain


@pytest.mark.parametrize(
    ('stream', 'size', 'message'),
    [
        (b'\x02ab', 3, 'hold 2 bytes where 3'),
        (b'\x02abc', 4, 'hold 3 bytes where 4'),
        (b'\x02abc', 2, 'hold 3 bytes where 2'),
        (b'\x02abc\x00', 3, 'do not end with their last token'),
        (b'\x00x\x20', 4, 'inside a token'),
        (b'\x00x\xe0\x00', 10, 'inside a token'),
        (b'\x00x' + match(2, 3), 4, '1 bytes before their start'),
    ],
)
def test_damaged_streams_are_refused(stream, size, message):
    with pytest.raises(LzfError, match=message):
        decompress(stream, size)
