"""Student, text encoder and context are read off the file; a wrong claim is refused."""

from __future__ import annotations

import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('timm')

from upstream_checkpoint import POSITIONS, encoders, sam3  # noqa: E402

from efficientsam3_ros.model.registry import STUDENTS  # noqa: E402
from efficientsam3_ros.model.weights.errors import WeightsError  # noqa: E402
from efficientsam3_ros.model.weights.keys.encoder_keys import HEAD, TRUNK  # noqa: E402
from efficientsam3_ros.model.weights.layouts import canonical_key  # noqa: E402
from efficientsam3_ros.model.weights.variant import (  # noqa: E402
    detect_context,
    detect_text,
    detect_variant,
)

FIRST = {'rv': 'features.0.0.c.weight', 'tv': 'patch_embed.seq.0.c.weight'}
LAST = dict(zip(STUDENTS, (384, 512, 640, 320, 448, 576, 128, 256, 384)))


def table(rows):
    return {POSITIONS: torch.zeros(1, 1, rows, 4)}


@pytest.mark.parametrize('variant', STUDENTS)
def test_all_nine_students_are_told_apart(variant):
    first = FIRST.get(variant[3:5], 'input_stem.op_list.0.conv.weight')
    keys = {
        f'{TRUNK}.{first}': torch.zeros(1),
        f'{HEAD}.0.weight': torch.zeros(1).expand(1024, LAST[variant], 1, 1),
    }
    assert detect_variant(keys, None) == variant
    with pytest.raises(WeightsError, match=f'holds {variant}, not es_xx'):
        detect_variant(keys, 'es_xx')


def test_other_trunks_are_refused():
    keys = {f'{TRUNK}.features.0.0.c.weight': torch.zeros(1)}
    keys[f'{HEAD}.0.weight'] = torch.zeros(1024, 400, 1, 1)
    with pytest.raises(WeightsError, match='400 channels, which is none of the nine'):
        detect_variant(keys, None)
    with pytest.raises(WeightsError, match='only as --base'):
        detect_variant({canonical_key(k): v for k, v in sam3().items()}, None)


@pytest.mark.parametrize('text', ['s0', 's1', 'l'])
def test_text_encoders_are_told_apart(text):
    keys = encoders('es_ev_s', text)
    assert detect_text(keys, None) == text
    other = 's1' if text == 's0' else 's0'
    with pytest.raises(WeightsError, match=f'text encoder {text}, not {other}'):
        detect_text(keys, other)


def test_files_without_a_students_text_encoder_say_what_to_add():
    with pytest.raises(WeightsError, match=r'text encoder is missing.*--base'):
        detect_text({canonical_key(k): v for k, v in sam3().items()}, None)


@pytest.mark.parametrize(
    ('rows', 'stated', 'wanted', 'expected'),
    [
        (16, None, None, 16),
        (32, None, 32, 32),
        (77, 16, None, 16),
        (77, None, 32, 32),
        (16, 77, 16, 16),
    ],
)
def test_the_context_is_what_the_file_says(rows, stated, wanted, expected):
    meta = {} if stated is None else {'text_context_length': stated}
    assert detect_context(table(rows), meta, wanted) == expected


@pytest.mark.parametrize(
    ('rows', 'stated', 'wanted', 'sentence'),
    [
        (16, None, 32, 'trained with 16 tokens; 32 would cost'),
        (77, 32, 16, 'trained with 32 tokens; 16 would cost'),
        (77, None, None, '--context 16 or --context 32'),
        (20, None, None, 'supported are 16, 32 and 77'),
        (64, None, 16, 'Stretching'),
        (16, 32, None, 'contradicts itself'),
        (16, None, 20, '16 or 32 tokens, got 20'),
    ],
)
def test_a_wrong_or_unknown_context_is_refused(rows, stated, wanted, sentence):
    meta = {} if stated is None else {'text_context_length': stated}
    with pytest.raises(WeightsError, match=sentence):
        detect_context(table(rows), meta, wanted)
