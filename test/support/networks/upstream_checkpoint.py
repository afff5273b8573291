"""Checkpoints in upstream's key layout, full names and shapes, yet small files.

Every row of a tensor is constant: a view onto a few numbers, which torch stores as such. Rows
differ, so that thirds in the wrong order, swapped tensors and wrong slices show.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import torch
from torch import Tensor

from efficientsam3_ros.model.memory.config import sam3_memory
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.registry import student_config
from efficientsam3_ros.model.student import Student
from efficientsam3_ros.model.text.mobileclip import TextName
from efficientsam3_ros.model.weights.keys.key_rules import KeyTable, key_table
from efficientsam3_ros.model.weights.keys.student_keys import student_table
from efficientsam3_ros.model.weights.keys.tracker_keys import TRACKER_RULES
from efficientsam3_ros.model.weights.placement import shapes_of

VISION = 'backbone.vision_backbone'
LANGUAGE = 'backbone.language_backbone'
POSITIONS = f'{LANGUAGE}.encoder.positional_embedding.pos_embed.pos_embed'
# Of the tracker's 309 keys those that following objects without clicks never reads.
UNREAD_TRACKER = {
    'no_mem_pos_enc': (1, 1, 256),
    'mask_downsample.weight': (1, 1, 4, 4),
    'mask_downsample.bias': (1,),
    **{f'sam_prompt_encoder.point_embeddings.{n}.weight': (1, 256) for n in range(4)},
    **{
        f'sam_prompt_encoder.mask_downscaling.{layer}.{name}': shape
        for layer, weight in {
            0: (4, 1, 2, 2),
            1: (4,),
            3: (16, 4, 2, 2),
            4: (16,),
            6: (256, 16, 1, 1),
        }.items()
        for name, shape in (('weight', weight), ('bias', weight[:1]))
    },
}


def as_checkpoint(table: KeyTable, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return our tensors under a checkpoint's names, thirds put together in their order."""
    joined = {}
    for theirs, pieces in table.items():
        tensors = [state[piece.ours] for piece in sorted(pieces, key=lambda p: p.third or 0)]
        joined[theirs] = tensors[0] if len(tensors) == 1 else torch.cat(tensors)
    return joined


def light(shape: tuple[int, ...], number: int) -> Tensor:
    """Return a view of this shape in which rows are constant and depend on ``number``."""
    if not shape:
        return torch.tensor(number)
    # Positions lie in the last axis but one, everything else counts in the first.
    axis = 2 if len(shape) == 4 and shape[:2] == (1, 1) else 0
    steps = torch.arange(shape[axis], dtype=torch.float32) * 1e-3 + number
    return steps.reshape([-1 if i == axis else 1 for i in range(len(shape))]).expand(shape)


@cache
def student_state(variant: str, text: TextName = 's0', context: int = 16) -> dict[str, Tensor]:
    """Return a student's state under our names."""
    config = student_config(variant, text=text, context=context)
    shapes = shapes_of(Student, config)
    return {key: light(shape, number) for number, (key, shape) in enumerate(shapes.items())}


@cache
def image_model(variant: str, text: TextName = 's0', context: int = 16) -> dict[str, Tensor]:
    """Return canonical keys of a whole image model, what a student leaves out included."""
    state = student_state(variant, text, context)
    table = student_table(student_config(variant).trunk, state)
    keys = {k: _narrow(v) for k, v in as_checkpoint(table, state).items()}
    width = state['text_encoder.final_layer_norm.weight'].numel()
    step = 'segmentation_head.pixel_decoder'
    unread = {
        f'{VISION}.convs.3.conv_1x1.weight': (256, 1024, 1, 1),
        f'{VISION}.convs.3.conv_1x1.bias': (256,),
        f'{VISION}.convs.3.conv_3x3.weight': (256, 256, 3, 3),
        f'{VISION}.convs.3.conv_3x3.bias': (256,),
        f'{step}.conv_layers.2.weight': (256, 256, 3, 3),
        f'{step}.conv_layers.2.bias': (256,),
        f'{step}.norms.2.weight': (256,),
        f'{step}.norms.2.bias': (256,),
        f'{LANGUAGE}.encoder.projection_layer': (width, width),
    }
    return keys | {key: light(shape, 5000 + n) for n, (key, shape) in enumerate(unread.items())}


@cache
def tracker() -> dict[str, Tensor]:
    """Return the tracker's 309 keys."""
    with torch.device('meta'):
        state = VideoMemory(sam3_memory('dense', layers=4)).state_dict()
    theirs = as_checkpoint(key_table(TRACKER_RULES, state), state)
    shapes = {key: tuple(value.shape) for key, value in theirs.items()}
    shapes |= {f'tracker.{name}': shape for name, shape in UNREAD_TRACKER.items()}
    return {key: light(shape, 7000 + n) for n, (key, shape) in enumerate(shapes.items())}


def tracker_neck(keys: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tracker's own neck beside the detector's."""
    return {
        key.replace('.convs.', '.sam2_convs.'): tensor + 0.5
        for key, tensor in keys.items()
        if '.convs.' in key
    }


def with_rows(keys: Mapping[str, Tensor], rows: int) -> dict[str, Tensor]:
    """Replace the position table by one with this many rows."""
    table = keys[POSITIONS]
    width, start = int(table.shape[-1]), int(table.flatten()[0])
    return dict(keys) | {POSITIONS: light((1, 1, rows, width), start)}


def merged(variant: str, text: TextName = 's0', rows: int = 16) -> dict[str, Tensor]:
    """Return a merged file's keys: ``detector.`` and ``tracker.``."""
    keys = with_rows(image_model(variant, text), rows)
    keys |= tracker_neck(keys)
    return {f'detector.{key}': tensor for key, tensor in keys.items()} | tracker()


def stage3(variant: str) -> dict[str, Tensor]:
    """Return a Stage-3 file's keys: no prefix, and no exemplar encoder."""
    keys = image_model(variant)
    return {k: v for k, v in keys.items() if not k.startswith('geometry_encoder.')}


def encoders(variant: str, text: TextName = 's0') -> dict[str, Tensor]:
    """Return a Stage-3 trainer's keys: trunk with head, and text encoder."""
    keys = image_model(variant, text)
    return {k: v for k, v in keys.items() if k.startswith((f'{VISION}.trunk.', LANGUAGE))}


def image_file(variant: str) -> dict[str, Tensor]:
    """Return a Stage-1 image file's keys."""
    prefix = f'{VISION}.trunk.model.'
    keys = image_model(variant)
    return {k.removeprefix(prefix): v for k, v in keys.items() if k.startswith(prefix)}


def text_file(text: TextName, rows: int) -> dict[str, Tensor]:
    """Return a Stage-1 text file's keys."""
    prefix = f'{LANGUAGE}.'
    keys = with_rows(image_model('es_ev_s', text), rows)
    return {k.removeprefix(prefix): v for k, v in keys.items() if k.startswith(prefix)}


def sam3() -> dict[str, Tensor]:
    """Return some keys of ``sam3.pt``: SAM 3's own encoders and the whole detector."""
    body = ('geometry_encoder.', 'transformer.', 'dot_prod', 'segmentation', f'{VISION}.convs.')
    keys = {k: v for k, v in image_model('es_ev_s').items() if k.startswith(body)}
    own = {
        f'{VISION}.trunk.patch_embed.proj.weight': (1024, 3, 14, 14),
        f'{VISION}.trunk.pos_embed': (1, 577, 1024),
        f'{VISION}.trunk.blocks.0.attn.qkv.weight': (3072, 1024),
        f'{LANGUAGE}.encoder.token_embedding.weight': (49408, 1024),
        f'{LANGUAGE}.encoder.positional_embedding': (32, 1024),
        f'{LANGUAGE}.encoder.transformer.resblocks.0.attn.in_proj_weight': (3072, 1024),
        f'{LANGUAGE}.encoder.ln_final.weight': (1024,),
        f'{LANGUAGE}.resizer.weight': (256, 1024),
    }
    keys |= {key: light(shape, 8000 + n) for n, (key, shape) in enumerate(own.items())}
    return {f'detector.{key}': tensor for key, tensor in keys.items()} | tracker()


def _narrow(tensor: Tensor) -> Tensor:
    """Make a tensor with constant rows a view again after it was put together."""
    if tensor.ndim < 2 or tensor.shape[0] == 1:
        return tensor
    column = tensor.flatten(1)[:, :1].clone()
    return column.reshape(-1, *[1] * (tensor.ndim - 1)).expand(tensor.shape)
