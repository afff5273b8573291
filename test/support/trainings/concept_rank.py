"""One process of a concept fine-tuning, as torchrun starts it.

Usage: ``python concept_rank.py TEACHER SACO FOLDER``.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
import sys

import tiny_stage3
import torch

from training.runtime.processes import open_fabric


def main(teacher: Path, saco: Path, folder: Path) -> None:
    torch.set_num_threads(1)
    config = tiny_stage3.run_config(teacher, saco)
    config = replace(config, schedule=replace(config.schedule, steps=2))
    tiny_stage3.trainer(config, folder, open_fabric('32-true', 'cpu')).run()
    torch.distributed.destroy_process_group()


if __name__ == '__main__':
    main(*map(Path, sys.argv[1:]))
