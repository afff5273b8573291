"""The page around a report, and its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import math
from pathlib import Path

from efficientsam3_ros.core.atomic import write_text
from efficientsam3_ros.evaluation.report.markup import Html, tag
from efficientsam3_ros.evaluation.report.script import SCRIPT
from efficientsam3_ros.evaluation.report.style import STYLE

_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)
"""The browser refuses every request, whatever a name or a note may contain."""


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Attributes:
        shown: Text or markup.
        value: What the column is sorted by; NaN comes last, None sorts by the text.
        words: Whether it holds words, which go to the left.
        kind: Further CSS class.
    """

    shown: object
    value: float | None = None
    words: bool = False
    kind: str = ''

    def draw(self) -> Html:
        """Return the element."""
        names = ' '.join(name for name in ('words' if self.words else '', self.kind) if name)
        return tag('td', self.shown, class_=names or None, data_value=self._key())

    def _key(self) -> str | None:
        if self.value is None:
            return None
        return '' if math.isnan(self.value) else f'{self.value:.9g}'


@dataclass(frozen=True)
class Head:
    """The head of a column.

    Attributes:
        label: Shown.
        meaning: Tooltip.
        words: Whether the column holds words.
    """

    label: str
    meaning: str = ''
    words: bool = False

    def draw(self) -> Html:
        """Return the element."""
        kind = 'words' if self.words else None
        return tag('th', self.label, title=self.meaning or None, scope='col', class_=kind)


def table(heads: Sequence[Head], rows: Sequence[Sequence[Cell]],
          foot: Sequence[Cell] = (), sortable: bool = False) -> Html:  # fmt: skip
    """Return a table that scrolls sideways where the screen is narrow.

    Args:
        heads: One a column.
        rows: Cells of each row.
        foot: A last row that stays below when the table is sorted.
        sortable: Whether a click on a head sorts.
    """
    head = tag('thead', tag('tr', (item.draw() for item in heads)))
    body = tag('tbody', (tag('tr', (cell.draw() for cell in row)) for row in rows))
    last = tag('tfoot', tag('tr', (cell.draw() for cell in foot))) if foot else None
    kind = 'sortable' if sortable else None
    return tag('div', tag('table', head, body, last, class_=kind), class_='table')


def facts(pairs: Sequence[tuple[str, object]]) -> Html:
    """Return names and values below each other."""
    return tag('dl', ((tag('dt', name), tag('dd', value)) for name, value in pairs))


def document(title: str, *sections: object) -> Html:
    """Return a whole page."""
    head = tag(
        'head',
        tag('meta', charset='utf-8'),
        tag('meta', http_equiv='Content-Security-Policy', content=_POLICY),
        tag('meta', name='viewport', content='width=device-width, initial-scale=1'),
        tag('title', title),
        tag('style', Html(STYLE)),
    )
    body = tag('body', tag('main', sections), tag('script', Html(SCRIPT)))
    return Html(f'<!DOCTYPE html>\n{tag("html", head, body, lang="en")}\n')


def save(page: Html, path: Path) -> None:
    """Write a page, whole or not at all."""
    write_text(path, page)
