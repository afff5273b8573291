"""Pages of HTML from templates: escaped, whole, and without any request."""

from __future__ import annotations

from functools import cache
import math
from pathlib import Path

from bokeh.settings import settings
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO, UNDEFINED
from efficientsam3_ros.evaluation.typed_json import to_data


def render(template: str, **values: object) -> str:
    """Return a page.

    Args:
        template: File name in ``templates``.
        values: What it shows; strings are escaped.
    """
    return _environment().get_template(template).render(**values)


def counted(number: int, one: str, many: str = '') -> str:
    """Return a number with its word, '1 frame' or '2 frames'."""
    return f'{number} {one if number == 1 else many or f"{one}s"}'


def sort_key(value: float | None) -> str:
    """Return what a table is sorted by; undefined values, which are empty, come last."""
    return '' if value is None or math.isnan(value) else f'{value:.9g}'


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / 'templates'), autoescape=True,
        trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined,
    )  # fmt: skip
    made.policies['json.dumps_kwargs'] = {'separators': (',', ':')}
    made.filters |= {'counted': counted, 'sort_key': sort_key, 'data': to_data}
    made.globals |= {'info': METRIC_INFO, 'undefined': UNDEFINED, 'library': _library()}
    return made


def _library() -> Markup:
    """Return BokehJS: its core and its plotting API; no widgets, tables, formulas or WebGL."""
    folder = settings.bokehjs_path() / 'js'
    files = [folder / name for name in ('bokeh.min.js', 'bokeh-api.min.js')]
    return Markup('\n').join(Markup(file.read_text(encoding='utf-8')) for file in files)
