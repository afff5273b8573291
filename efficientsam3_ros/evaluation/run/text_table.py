"""Tables as Markdown that are also tables on a terminal."""

from __future__ import annotations

from collections.abc import Sequence


def text_table(rows: Sequence[Sequence[str]], text_columns: int) -> str:
    """Return Markdown whose columns are as wide as their widest cell.

    Args:
        rows: The head first; all of one length.
        text_columns: How many columns, from the left, hold words; the others hold numbers.
    """
    widths = [max(3, *(len(row[i]) for row in rows)) for i in range(len(rows[0]))]
    lines = [
        '| '
        + ' | '.join(
            cell.ljust(width) if i < text_columns else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))
        )
        + ' |'
        for row in rows
    ]
    rule = [
        '-' * width if i < text_columns else '-' * (width - 1) + ':'
        for i, width in enumerate(widths)
    ]
    return '\n'.join([lines[0], f'| {" | ".join(rule)} |', *lines[1:]])
