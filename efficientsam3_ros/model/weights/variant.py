"""Read the student, the text encoder and the context length off a checkpoint's shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from efficientsam3_ros.model.image.trunks import TRUNKS, TrunkFamily
from efficientsam3_ros.model.registry import STUDENTS
from efficientsam3_ros.model.text.mobileclip import CONTEXTS, TEXTS, TextName
from efficientsam3_ros.model.weights.errors import WeightsError
from efficientsam3_ros.model.weights.keys.encoder_keys import HEAD, POSITIONS, TEXT, TRUNK

FULL_TABLE = 77
"""Rows of the position table in training; the first ones are kept."""

_FIRST_KEYS: dict[TrunkFamily, str] = {
    'repvit': f'{TRUNK}.features.',
    'tiny_vit': f'{TRUNK}.patch_embed.',
    'efficientvit': f'{TRUNK}.input_stem.',
}
_STUDENTS = {
    (TRUNKS[trunk].family, TRUNKS[trunk].channels[-1]): name for name, trunk in STUDENTS.items()
}
_TEXTS = {(spec.width, spec.repmixer, spec.layers): name for name, spec in TEXTS.items()}


def detect_variant(keys: Mapping[str, Tensor], wanted: str | None) -> str:
    """Return the student's name, e.g. ``'es_ev_m'``.

    Args:
        keys: Canonical keys.
        wanted: What the user named, if anything.

    Raises:
        WeightsError: If there is no student, none of the nine, or another than wanted.
    """
    starts = _FIRST_KEYS.items()
    family = next((f for f, start in starts if any(k.startswith(start) for k in keys)), None)
    head = keys.get(f'{HEAD}.0.weight')
    if family is None or head is None:
        raise WeightsError(
            'No student image encoder was found (trunk and head). Name a Stage-1, Stage-3 or '
            'merged EfficientSAM3 file, and SAM 3 or LiteText files only as --base.'
        )
    channels = int(head.shape[1])
    found = _STUDENTS.get((family, channels))
    if found is None:
        raise WeightsError(
            f'The trunk ends with {channels} channels, which is none of the nine students. '
            'Supported are RepViT-M0.9/M1.1/M2.3, TinyViT-5M/11M/21M and EfficientViT-B0/B1/B2.'
        )
    if wanted is not None and wanted != found:
        raise WeightsError(
            f'The file holds {found}, not {wanted}. Leave --variant out or say {found}.'
        )
    return found


def detect_text(keys: Mapping[str, Tensor], wanted: TextName | None) -> TextName:
    """Return the text encoder's name: ``'s0'``, ``'s1'`` or ``'l'``.

    Raises:
        WeightsError: If there is no student text encoder, an unknown one, or another than wanted.
    """
    words = keys.get(f'{TEXT}.embedding_layer.weight')
    if words is None:
        raise WeightsError(
            'The text encoder is missing: no file holds a MobileCLIP text encoder. Add one with '
            '--base: a merged "..._mobileclip_..." file, a Stage-1 text file, or LiteText.'
        )
    repmixer = any('.token_mixer.' in key for key in keys if key.startswith(TEXT))
    # SAM 3's own text encoder may lie beside it, with "resblocks" in the number's place.
    numbers = (key.split('.')[4] for key in keys if key.startswith(f'{TEXT}.transformer.'))
    layers = {number for number in numbers if number.isdigit()}
    width = int(words.shape[1])
    found = _TEXTS.get((width, repmixer, len(layers)))
    if found is None:
        raise WeightsError(
            f'The text encoder has {len(layers)} layers of width {width}, which is none of '
            'MobileCLIP-S0, MobileCLIP-S1 and MobileCLIP2-L. Use a file with one of these.'
        )
    if wanted is not None and wanted != found:
        raise WeightsError(
            f'The file holds text encoder {found}, not {wanted}. Leave --text out or say {found}.'
        )
    return found


def detect_context(keys: Mapping[str, Tensor], meta: Mapping[str, Any], wanted: int | None) -> int:
    """Return the number of tokens that the text encoder was trained with.

    A phrase of another length costs more than 10 points of cgF1, so nothing is guessed.

    Args:
        keys: Canonical keys.
        meta: What the file says of itself.
        wanted: What the user named, if anything.

    Raises:
        WeightsError: If the length is unknown, unsupported, or another than wanted.
    """
    table = keys.get(POSITIONS)
    if table is None:
        raise WeightsError(f'{POSITIONS} is missing: the text encoder is incomplete.')
    rows = int(table.shape[2]) if table.ndim == 4 else -1
    if rows not in (*CONTEXTS, FULL_TABLE):
        raise WeightsError(
            f'The position table has shape {tuple(table.shape)}; supported are 16, 32 and '
            f'{FULL_TABLE} rows. Stretching it would change every result: use another file.'
        )
    stated = meta.get('text_context_length')
    trained = {number for number in CONTEXTS if number in (rows, stated)}
    if len(trained) > 1:
        raise WeightsError(
            f'The file contradicts itself: it states a context of {stated} tokens, but its '
            f'position table has {rows} rows. Use another file.'
        )
    if wanted is not None and wanted not in CONTEXTS:
        raise WeightsError(f'The context is 16 or 32 tokens, got {wanted}.')
    found = next(iter(trained), wanted)
    if found is None:
        raise WeightsError(
            f'The position table has {FULL_TABLE} rows and the file does not say with how many '
            'tokens it was trained. Say it: --context 16 or --context 32. The wrong one costs '
            'more than 10 points of cgF1.'
        )
    if wanted not in (None, found):
        raise WeightsError(
            f'The text encoder was trained with {found} tokens; {wanted} would cost more than '
            f'10 points of cgF1. Leave --context out or say {found}.'
        )
    return found
