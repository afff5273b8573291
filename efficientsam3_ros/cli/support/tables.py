"""Plain text tables."""

from __future__ import annotations

from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[object]], text_columns: int = 1) -> str:
    """Return aligned columns; the first ``text_columns`` to the left, numbers to the right."""
    cells = [[str(value) for value in row] for row in (header, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    lines = [
        '  '.join(
            value.ljust(width) if i < text_columns else value.rjust(width)
            for i, (value, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in cells
    ]
    return '\n'.join([lines[0], '  '.join('-' * width for width in widths), *lines[1:]])
