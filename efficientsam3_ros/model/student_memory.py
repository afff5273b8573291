"""Which video memory goes with a student."""

from __future__ import annotations

from dataclasses import replace

from efficientsam3_ros.model.memory.config import MemoryConfig, MemoryKind, sam3_memory
from efficientsam3_ros.model.student import StudentConfig

ATTENTION_LAYERS = {'dense': 4, 'perceiver': 2}
"""Memory attention layers: SAM 3's and EdgeTAM's."""


def student_memory(config: StudentConfig, kind: MemoryKind) -> MemoryConfig:
    """Return the memory of a student: SAM 3's tracker itself, or with EdgeTAM's Perceiver.

    Args:
        config: The student.
        kind: Perceiver or dense.

    Raises:
        ValueError: If the grid of a Perceiver cannot be cut into windows.
    """
    grid, layers = config.grid, ATTENTION_LAYERS[kind]
    if config.memory is None:
        memory = sam3_memory(kind, grid, layers)
    else:
        memory = replace(config.memory, kind=kind, grid=(grid, grid), attention_layers=layers)
    return replace(memory, normalized_levels=config.neck == 'lean')
