"""LZF decompression, as far as point cloud files need it."""

from __future__ import annotations

_LITERAL_LIMIT = 32
_LONG_MATCH = 7


class LzfError(ValueError):
    """Compressed data that are truncated or damaged."""


def decompress(data: bytes, size: int) -> bytes:
    """Expand an LZF stream.

    The stream (format of Marc Lehmann's LibLZF) is a row of two kinds of tokens. ``000nnnnn`` is
    followed by n + 1 literal bytes. ``lllooooo [length] offset`` repeats bytes that lie
    ``ooooo:offset`` + 1 back, lll + 2 of them; lll = 7 adds a length byte.

    Args:
        data: The stream.
        size: Expected number of bytes.

    Raises:
        LzfError: If the stream is truncated, points before its start or has another size.
    """
    out = bytearray()
    at = 0
    try:
        while at < len(data) and len(out) < size:
            control = data[at]
            at += 1
            if control < _LITERAL_LIMIT:
                out += data[at : at + control + 1]
                at += control + 1
                continue
            length = control >> 5
            if length == _LONG_MATCH:
                length += data[at]
                at += 1
            back = ((control & 31) << 8 | data[at]) + 1
            at += 1
            _repeat(out, back, length + 2)
    except IndexError:
        raise LzfError(f'The LZF data end inside a token, after {len(data)} bytes.') from None
    if len(out) != size:
        raise LzfError(f'The LZF data hold {len(out)} bytes where {size} are expected.')
    if at != len(data):
        raise LzfError('The LZF data do not end with their last token.')
    return bytes(out)


def _repeat(out: bytearray, back: int, length: int) -> None:
    """Append ``length`` bytes that start ``back`` bytes before the end; they may overlap."""
    start = len(out) - back
    if start < 0:
        raise LzfError(f'The LZF data refer to {-start} bytes before their start.')
    piece = out[start : start + length]
    # A piece that reaches the end goes on with itself.
    out += (piece * (length // len(piece) + 1))[:length]
