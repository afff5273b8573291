"""EdgeTAM's video path in transformers, with random weights: what a frame costs elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import EdgeTamVideoModel

WINDOWS = 12
"""Windowed latents per side; transformers needs a square that divides the grid."""
_STRIDE, _LATENT_WIDTH, _SPLIT = 16, 64, 4


def edgetam(grid: int, windows: int = WINDOWS) -> EdgeTamVideoModel:
    """Return EdgeTAM with random weights on a grid of its own, 256 global latents.

    Args:
        grid: Side of the coarsest level (64 as released).
        windows: Windowed latents per side.
    """
    import torch
    from transformers import EdgeTamVideoConfig, EdgeTamVideoModel

    config = EdgeTamVideoConfig(
        image_size=_STRIDE * grid,
        prompt_encoder_config={'image_size': _STRIDE * grid, 'patch_size': _STRIDE},
        memory_attention_rope_feat_sizes=[grid, grid],
        memory_attention_rope_k_sizes=[windows, windows],
        perceiver_resampler_num_latents_2d=windows**2,
    )
    config.vision_config.backbone_feature_sizes = [[4 * grid] * 2, [2 * grid] * 2, [grid] * 2]
    torch.manual_seed(0)
    return EdgeTamVideoModel(config).eval().requires_grad_(False)


def frame_of(model: EdgeTamVideoModel) -> Callable[[int], None]:
    """Return a call that tracks a number of objects through one frame, one after the other.

    The bank is full: seven frames and 16 pointers. Image features are given, as in our graphs.
    """
    import torch

    grid = model.backbone_feature_sizes[-1][0]
    width = model.hidden_dim
    frames, pointers = model.num_maskmem, model.config.max_object_pointers_in_encoder
    latents = sum(
        getattr(model.config, f'perceiver_resampler_num_latents{kind}') for kind in ('', '_2d')
    )
    frame = torch.randn(grid * grid, 1, width)
    tokens = frames * latents + pointers * _SPLIT
    memory = torch.randn(tokens, 1, _LATENT_WIDTH)
    fine = [
        torch.randn(1, width // n, scale * grid, scale * grid) for n, scale in ((8, 4), (4, 2))
    ]

    def track(objects: int) -> None:
        with torch.inference_mode():
            for _ in range(objects):
                read = model.memory_attention(
                    current_vision_features=frame,
                    current_vision_position_embeddings=frame,
                    memory=memory,
                    memory_posision_embeddings=memory,
                    num_object_pointer_tokens=pointers * _SPLIT,
                    num_spatial_memory_tokens=frames,
                )
                image = read.reshape(grid * grid, width).T.reshape(1, width, grid, grid)
                found = model._single_frame_forward(image_embeddings=[*fine, image])
                masks = found.high_res_masks.reshape(1, 1, *found.high_res_masks.shape[-2:])
                score = found.object_score_logits.reshape(1, 1)
                model._encode_new_memory(frame, masks, score, False)

    return track
