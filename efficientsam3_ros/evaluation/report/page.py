"""Pages of HTML from templates: escaped, whole, and without any request."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
import math
from pathlib import Path

from bokeh.settings import settings
import cv2
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
import numpy as np

from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO, UNDEFINED, counted
from efficientsam3_ros.evaluation.typed_json import to_data

_WIDEST = 480
_QUALITY = 82


def render(template: str, **values: object) -> str:
    """Return a page.

    Args:
        template: File name in ``templates``.
        values: What it shows; strings are escaped.
    """
    return _environment().get_template(template).render(**values)


def data_uri(encoded: bytes) -> str | None:
    """Return a JPEG data URI of a picture, scaled down where it is wider.

    Args:
        encoded: PNG or JPEG file.

    Returns:
        None where the bytes are no picture, so that one bad file costs one picture only.
    """
    raw = np.frombuffer(encoded, np.uint8)
    pixels = cv2.imdecode(raw, cv2.IMREAD_COLOR) if raw.size else None
    if pixels is None:
        return None
    height, width = pixels.shape[:2]
    if width > _WIDEST:
        size = (_WIDEST, max(1, round(height * _WIDEST / width)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    done, jpeg = cv2.imencode('.jpg', pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return f'data:image/jpeg;base64,{b64encode(jpeg.tobytes()).decode()}' if done else None


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
