"""Names of the students' trunks: timm's to upstream's checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import re

from efficientsam3_ros.model.image.trunks import TrunkFamily, TrunkSpec

UNREAD: Mapping[TrunkFamily, re.Pattern[str]] = {
    'repvit': re.compile(r'classifier\.'),
    # attention_bias_idxs is a constant, attention_bias_cache a leftover of eval mode.
    'tiny_vit': re.compile(r'(norm_head|head)\.|.*\.attention_bias_idxs$|.*\.ab$'),
    'efficientvit': re.compile(r'head\.'),
}
"""Beginning of upstream's classifiers and constants, which are left out knowingly."""


def to_upstream(trunk: TrunkSpec, key: str) -> str:
    """Translate one of our keys below ``image_encoder.trunk``.

    Args:
        trunk: Whose key.
        key: E.g. ``stem.conv1.c.weight``.

    Returns:
        Upstream's key below its trunk, e.g. ``features.0.0.c.weight``.
    """
    return _RULES[trunk.family](trunk, key)


def _repvit(spec: TrunkSpec, key: str) -> str:
    """Upstream numbers all blocks in one list; timm groups them by stage."""
    stem = re.fullmatch(r'stem\.conv([12])\.(.+)', key)
    if stem:
        return f'features.0.{_first_or_third(stem[1])}.{stem[2]}'
    part = re.fullmatch(r'stages\.(\d)\.(?:blocks\.(\d+)|downsample)\.(.+)', key)
    assert part is not None, key
    stage, block, rest = int(part[1]), part[2], part[3]
    # Before a stage stand the stem and, for each earlier stage, its blocks and two of its change.
    first = 1 + sum(spec.depths[:stage]) + 2 * stage
    if block is not None:
        return f'features.{first + int(block)}.{_repvit_block(rest)}'
    if rest.startswith('pre_block.'):
        return f'features.{first - 2}.{_repvit_block(rest.removeprefix("pre_block."))}'
    rest = rest.replace('spatial_downsample.', 'token_mixer.0.')
    rest = rest.replace('channel_downsample.', 'token_mixer.2.')
    return f'features.{first - 1}.{_repvit_mlp(rest.replace("ffn.", "channel_mixer."))}'


def _repvit_block(rest: str) -> str:
    if rest.startswith('se.'):
        return f'token_mixer.1.{rest.removeprefix("se.")}'
    if rest.startswith('token_mixer.'):
        return f'token_mixer.0.{rest.removeprefix("token_mixer.")}'
    return _repvit_mlp(rest)


def _repvit_mlp(rest: str) -> str:
    return re.sub(
        r'^channel_mixer\.conv([12])\.',
        lambda found: f'channel_mixer.m.{_first_or_third(found[1])}.',
        rest,
    )


def _first_or_third(number: str) -> int:
    """Return the place in a sequence with an activation between two convolutions."""
    return 2 * (int(number) - 1)


def _tiny_vit(_spec: TrunkSpec, key: str) -> str:
    """Upstream lets a stage end with the change to the next; timm lets the next begin with it."""
    key = re.sub(
        r'^patch_embed\.conv([12])\.',
        lambda found: f'patch_embed.seq.{_first_or_third(found[1])}.',
        key,
    )
    key = re.sub(
        r'^stages\.(\d)\.downsample\.',
        lambda found: f'layers.{int(found[1]) - 1}.downsample.',
        key,
    )
    return re.sub(r'^stages\.', 'layers.', key).replace('.conv.', '.c.')


def _efficientvit(_spec: TrunkSpec, key: str) -> str:
    key = key.replace('stem.in_conv.', 'input_stem.op_list.0.')
    key = re.sub(
        r'^stem\.res(\d+)\.', lambda found: f'input_stem.op_list.{int(found[1]) + 1}.', key
    )
    return re.sub(r'^(stages\.\d+)\.blocks\.', r'\1.op_list.', key)


_RULES: dict[TrunkFamily, Callable[[TrunkSpec, str], str]] = {
    'repvit': _repvit,
    'tiny_vit': _tiny_vit,
    'efficientvit': _efficientvit,
}
