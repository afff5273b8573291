"""The frame of a chart: scales, round ticks, grid and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import math

from efficientsam3_ros.evaluation.report.markup import Html, join, tag

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Axis:
    """One direction of a chart.

    Attributes:
        low: Value at the start.
        high: Value at the end; more than ``low``.
        label: What is drawn, with its unit.
        ticks: Values that get a line and a number.
    """

    low: float
    high: float
    label: str
    ticks: tuple[float, ...]

    @classmethod
    def over(
        cls, low: float, high: float, label: str, count: int = 5, rounded: bool = True,
        smallest: float = 0.0,
    ) -> Axis:  # fmt: skip
        """Return an axis with round ticks.

        Args:
            low: Smallest value to show.
            high: Largest value to show.
            label: What is drawn, with its unit.
            count: About so many ticks.
            rounded: Whether the axis ends at a tick instead of at ``high``.
            smallest: Least distance of ticks; 1 for counts.
        """
        high = high if high > low else low + 1.0
        step = max(smallest, _round_step((high - low) / count))
        last = math.ceil(high / step - 1e-9) if rounded else math.floor(high / step + 1e-9)
        first = math.floor(low / step + 1e-9) if rounded else math.ceil(low / step - 1e-9)
        ticks = tuple(round(i * step, 10) for i in range(first, last + 1))
        return cls(ticks[0], ticks[-1], label, ticks) if rounded else cls(low, high, label, ticks)

    def share(self, value: float) -> float:
        """Return where a value lies, 0 at the start and 1 at the end; clipped."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


@dataclass(frozen=True)
class Plot:
    """An SVG picture with two axes; lengths in its own units, pixels at natural size.

    Attributes:
        x: Axis to the right.
        y: Axis upwards.
        width: Width of the picture.
        height: Height of the picture.
        left: Space for the numbers of ``y``.
        top: Space above.
    """

    x: Axis
    y: Axis
    width: float = 480.0
    height: float = 230.0
    left: float = 54.0
    top: float = 14.0

    @property
    def right(self) -> float:
        """Where the frame ends."""
        return self.width - 14.0

    @property
    def bottom(self) -> float:
        """Where the frame ends."""
        return self.height - 44.0

    def px(self, value: float) -> float:
        """Return the abscissa of a value."""
        return self.left + self.x.share(value) * (self.right - self.left)

    def py(self, value: float) -> float:
        """Return the ordinate of a value."""
        return self.bottom - self.y.share(value) * (self.bottom - self.top)

    def draw(self, title: str, *marks: object) -> Html:
        """Return the picture: grid, marks, then numbers and labels."""
        return svg(title, self.width, self.height, self._grid(), marks, self.numbers_x(),
                   self._numbers_y())  # fmt: skip

    def numbers_x(self) -> Html:
        """Return numbers and label below the frame."""
        numbers = [
            _text(number(tick), self.px(tick), self.bottom + 17, 'middle') for tick in self.x.ticks
        ]
        middle = (self.left + self.right) / 2
        return join([numbers, _text(self.x.label, middle, self.height - 6, 'middle', 'label')])

    def _numbers_y(self) -> Html:
        numbers = [
            _text(number(tick), self.left - 7, self.py(tick) + 4, 'end') for tick in self.y.ticks
        ]
        middle = (self.top + self.bottom) / 2
        turn = f'rotate(-90 13 {middle:.1f})'
        label = tag('text', self.y.label, x=13, y=middle, text_anchor='middle', class_='label',
                    transform=turn)  # fmt: skip
        return join([numbers, label])

    def _grid(self) -> Html:
        levels = [
            tag('line', x1=self.left, x2=self.right, y1=y, y2=y, class_='grid')
            for y in map(self.py, self.y.ticks)
        ]
        ends = [
            tag('line', x1=x, x2=x, y1=self.bottom, y2=self.bottom + 4, class_='axis')
            for x in map(self.px, self.x.ticks)
        ]
        base = tag('line', x1=self.left, x2=self.right, y1=self.bottom, y2=self.bottom,
                   class_='axis')  # fmt: skip
        return join([levels, ends, base])


def svg(title: str, width: float, height: float, *children: object) -> Html:
    """Return a picture that scales with its column; ``title`` is read out to the blind."""
    return tag('svg', children, viewBox=f'0 0 {width:g} {height:g}', role='img', width=width,
               aria_label=title, style=f'--natural:{width:g}px')  # fmt: skip


def figure(title: str, chart: Html, caption: object = None, legend: object = None) -> Html:
    """Return a chart under its title, with legend and a sentence below."""
    lines = tag('p', caption, class_='caption') if caption else None
    heading = tag('figcaption', tag('b', title), legend)
    return tag('figure', heading, tag('div', chart, class_='scroll'), lines)


def legend(entries: Sequence[tuple[str, str]]) -> Html:
    """Return swatches and names.

    Args:
        entries: CSS class of the swatch and its name, in drawing order.
    """
    items = [tag('span', tag('i', class_=f'swatch {kind}'), name) for kind, name in entries]
    return tag('span', items, class_='legend')


def number(value: float) -> str:
    """Return a tick's number, with thin spaces between thousands."""
    return f'{value:,.10g}'.replace(',', '\u202f').replace('-', '\u2212')


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return power * next(factor for factor in _STEPS if factor * power >= step * (1 - 1e-9))


def _text(text: str, x: float, y: float, anchor: str, kind: str = 'number') -> Html:
    return tag('text', text, x=x, y=y, text_anchor=anchor, class_=kind)
