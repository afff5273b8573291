"""Clean a phrase the way CLIP's training texts were cleaned, with the standard library only.

CLIP (github.com/openai/CLIP) runs ftfy, unescapes HTML twice, collapses spaces and lowers case.
What ftfy does to a phrase that a person types is repeated here: undo UTF-8 read as Latin text,
straighten quotes, split ligatures, narrow full-width letters, drop control characters, compose
accents. An optional dependency would make ids depend on the machine.
"""

from __future__ import annotations

import html
import re
import unicodedata

_QUOTES = str.maketrans(
    {
        **dict.fromkeys('\u02bc\u2018\u2019\u201a\u201b', "'"),
        **dict.fromkeys('\u201c\u201d\u201e\u201f', '"'),
    }
)
_COMPATIBLE = re.compile('[\ufb00-\ufb06\u0132\u0133\u3000\uff01-\uffef]')
_CONTROLS = re.compile('[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff\ufff9-\ufffc]')


def clean_phrase(phrase: str) -> str:
    """Return the phrase in lower case, single-spaced and free of encoding damage."""
    text = phrase if '<' in phrase else html.unescape(phrase)
    text = _repaired(text)
    text = _COMPATIBLE.sub(lambda found: unicodedata.normalize('NFKC', found[0]), text)
    text = _CONTROLS.sub('', text.translate(_QUOTES))
    text = unicodedata.normalize('NFC', text)
    text = html.unescape(html.unescape(text))
    return ' '.join(text.split()).lower()


def _repaired(text: str) -> str:
    """Undo UTF-8 that was read as Windows-1252: ``cafÃ©`` is ``café``.

    Text that is what it seems does not survive the way back through UTF-8, and is kept.
    """
    if text.isascii():
        return text
    try:
        return bytes(byte for letter in text for byte in _as_byte(letter)).decode('utf-8')
    except UnicodeError:
        return text


def _as_byte(letter: str) -> bytes:
    """Return the byte that Windows-1252, or Latin-1 in its holes, reads as this letter."""
    try:
        return letter.encode('cp1252')
    except UnicodeEncodeError:
        return letter.encode('latin-1')
