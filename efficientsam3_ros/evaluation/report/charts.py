"""Charts as plain data: ``templates/charts.js`` draws them with BokehJS once they can be seen.

Bokeh's models in Python would cost a second and 60 kB for each sequence; this costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# After Okabe and Ito (2008).
COLORS = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#56b4e9', '#8a7a00', '#5b4b9a']
BLUE, ORANGE, GREEN, RED, PINK, SKY, OLIVE, VIOLET = COLORS
GREY, INK = '#b9c0c6', '#1c2024'
SECONDS = 'time since the first frame (s)'
_DIGITS = 4


@dataclass(frozen=True)
class Layer:
    """One glyph over columns of data.

    Attributes:
        glyph: Method of Bokeh's figure, e.g. 'line', 'hbar', 'scatter'.
        data: Columns, rounded to what a screen shows; those that the glyph knows (x, y, left,
            ...) give its place, all can be named in ``tips``. NaN is a gap.
        style: What is the same for all, e.g. ``{'color': BLUE}``.
        legend: Entry in the legend, which several layers may share; a click mutes them.
        tips: What is shown under the pointer, name to column: ``{'time': '@x{0.00} s'}``.
        mode: 'mouse', or 'vline' to find the nearest abscissa.
    """

    glyph: str
    data: Mapping[str, Any]
    style: Mapping[str, Any] = field(default_factory=dict)
    legend: str = ''
    tips: Mapping[str, str] = field(default_factory=dict)
    mode: str = 'mouse'

    def __post_init__(self) -> None:
        arrays = {name: np.asarray(values) for name, values in self.data.items()}
        short = {k: v.round(_DIGITS) if v.dtype.kind == 'f' else v for k, v in arrays.items()}
        object.__setattr__(self, 'data', {k: v.tolist() for k, v in short.items()})


@dataclass(frozen=True)
class Chart:
    """A chart with what stands around it.

    Attributes:
        title: Above it.
        layers: From below to above.
        x_label: What the abscissa is, with its unit.
        y_label: What the ordinate is, with its unit.
        x: Ends of the abscissa.
        y: Ends of the ordinate; () follows the data.
        rows: Names from above, at 0, 1, ... of the ordinate, instead of numbers.
        caption: Below it.
        wide: Whether it takes the whole width of the page.
        linked: Whether zooming moves the abscissae of the panel's other linked charts.
    """

    title: str
    layers: Sequence[Layer]
    x_label: str
    y_label: str = ''
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    rows: Sequence[str] = ()
    caption: str = ''
    wide: bool = False
    linked: bool = False
