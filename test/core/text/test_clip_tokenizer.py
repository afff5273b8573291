"""CLIP's tokenizer gives the ids that the students' text encoders were trained with."""

# ruff: noqa: RUF001  (look-alike letters are the point)

from __future__ import annotations

import gzip
import hashlib
import html
import subprocess
import sys

import pytest

from efficientsam3_ros.core import PromptError
from efficientsam3_ros.core.text.clip_tokenizer import (
    END_ID,
    START_ID,
    VOCABULARY_FILE,
    ClipTokenizer,
    clean_phrase,
)

AWKWARD = (
    'red mug',
    'a Blue  COFFEE\tCup',
    "the cat's toy isn't the dogs' – they're mine, I'll say I've it; he'd know I'm",
    'café crème brûlée naïve Ångström',
    'cafe\u0301',
    '🍎 apple 👩\u200d🔬🇩🇪',
    'room 1024b, 3.5mm jack ½ Ⅷ ²',
    'AT&T &amp; R&amp;amp;D &lt;tag&gt; &quot;x&quot; &#39;y&#39;',
    'Straße ΣΊΣΥΦΟ МОСКВА 漢字かな 한국어 العربية हिन्दी',
    '!!! ... --- ??? (a) [b] {c}',
    'e-mail_address@example.com',
    'screw-driver/wrench\n2x4',
    'İstanbul ǅ ŉ',
    '\u00a0non\u2009breaking\u3000spaces\u2028',
    'supercalifragilisticexpialidocious antidisestablishmentarianism',
    "'s 't ' s",
    'ａｂｃ',
    '٣ arabic digit',
    'NESCAFÉ® Crème™',
    'schÃ¶n',
    'ＲＥＤ　ｍｕｇ',
)


@pytest.fixture(scope='module')
def reference():
    """Return transformers' tokenizer, built from the same file."""
    transformers = pytest.importorskip('transformers')
    lines = gzip.decompress(VOCABULARY_FILE.read_bytes()).decode().split('\n')[1:48895]
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [256 + i for i in range(256 - len(printable))]
    letters = [chr(code) for code in printable + others]
    symbols = letters + [x + '</w>' for x in letters] + [line.replace(' ', '') for line in lines]
    symbols += ['<|startoftext|>', '<|endoftext|>']
    return transformers.CLIPTokenizerFast(
        vocab={symbol: i for i, symbol in enumerate(symbols)},
        merges=[tuple(line.split()) for line in lines],
    )


@pytest.mark.parametrize('phrase', AWKWARD)
def test_ids_equal_those_of_transformers(reference, phrase):
    ids = ClipTokenizer(context=128).encode([phrase])[0]
    # transformers leaves HTML entities and ftfy's repairs to the caller.
    expected = reference(clean_phrase(phrase))['input_ids']
    assert ids[: len(expected)].tolist() == expected
    assert not ids[len(expected) :].any()


@pytest.mark.parametrize(
    'phrase', [p for p in AWKWARD if '&' not in p and not set('\u3000ａŉÃ') & set(p)]
)
def test_ids_equal_those_of_transformers_on_the_raw_phrase(reference, phrase):
    expected = reference(phrase)['input_ids']
    assert ClipTokenizer(context=128).encode([phrase])[0, : len(expected)].tolist() == expected


def test_lower_case_follows_python_as_in_training():
    # A final sigma; transformers lowers letter by letter and differs here.
    assert clean_phrase('ΣΊΣΥΦΟΣ') == 'σίσυφος'


def test_known_ids_of_a_plain_phrase():
    ids = ClipTokenizer(context=8).encode(['a photo of a cat'])
    assert ids.tolist() == [[START_ID, 320, 1125, 539, 320, 2368, END_ID, 0]]
    assert ids.dtype == 'int64'


def test_the_vocabulary_is_the_published_file():
    digest = hashlib.sha256(VOCABULARY_FILE.read_bytes()).hexdigest()
    assert digest.startswith('924691ac288e5440')


def test_html_entities_are_unescaped_twice():
    assert clean_phrase('R&amp;amp;D') == clean_phrase('R&amp;D') == 'r&d'
    assert clean_phrase('a&nbsp;b') == html.unescape('a b')
    assert clean_phrase('&lt;tag&gt; &quot;x&quot;') == '<tag> "x"'


def test_damaged_encoding_is_repaired_and_sound_text_is_kept():
    assert clean_phrase('cafÃ©') == clean_phrase('café') == 'café'
    assert clean_phrase('dog’s “toy”') == 'dog\'s "toy"'
    assert clean_phrase('ﬁlter ＡＢＣ') == 'filter abc'
    assert clean_phrase('schÃ¶n') == 'schön'
    assert clean_phrase('ＲＥＤ　ｍｕｇ') == 'red mug'
    assert clean_phrase('Â°C') == '°c'
    assert clean_phrase('NESCAFÉ®') == 'nescafé®'
    assert clean_phrase('21 °C, Ångström') == '21 °c, ångström'


def test_no_word_is_unknown():
    assert ClipTokenizer().unknown_words('xyzzyqux 漢字') == ()


def test_a_phrase_is_never_cut_silently():
    tokenizer = ClipTokenizer(context=6)
    assert tokenizer.encode(['a b c d'])[0].tolist()[-1] == END_ID
    with pytest.raises(PromptError, match='5 tokens, this model reads 4; shorten'):
        tokenizer.encode(['a b c d e'])


@pytest.mark.parametrize('phrase', ['', '  \t', '\u3000', '&nbsp;'])
def test_an_empty_phrase_is_refused(phrase):
    with pytest.raises(PromptError, match='holds no word'):
        ClipTokenizer().encode([phrase])


def test_a_context_without_room_is_refused():
    with pytest.raises(ValueError, match='at least 3'):
        ClipTokenizer(context=2)


def test_a_robot_needs_neither_torch_nor_regex():
    code = (
        'import sys\n'
        'from efficientsam3_ros.core.text.clip_tokenizer import ClipTokenizer\n'
        'ClipTokenizer(16).encode(["red mug"])\n'
        'heavy = {"torch", "regex", "transformers", "tokenizers"} & set(sys.modules)\n'
        'sys.exit(repr(heavy) if heavy else 0)\n'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_vocabulary_of_words_does_not_load_the_cleaning():
    code = (
        'import sys\n'
        'from efficientsam3_ros.core import WordTokenizer\n'
        'WordTokenizer(("red", "mug"), 8).encode(["red mug"])\n'
        'sys.exit("ftfy" in sys.modules)\n'
    )
    assert subprocess.run([sys.executable, '-c', code]).returncode == 0
