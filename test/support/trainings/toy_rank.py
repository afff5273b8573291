"""One process of a toy training, as torchrun starts it; told by torchrun's variables.

Usage: ``python toy_rank.py FOLDER ANSWER POISONED``. Writes to ANSWER what it saved and validated,
its weights, and how it was stopped.
"""

from __future__ import annotations

from pathlib import Path
import sys
from typing import Any

import torch
from toy_training import ToyConfig, ToySchedule, toy

from training.runtime.non_finite import DivergenceError
from training.runtime.processes import open_fabric


def main(folder: Path, answer: Path, poisoned: int) -> None:
    torch.set_num_threads(1)
    config = ToyConfig(schedule=ToySchedule(checkpoint_every=5), poisoned=poisoned)
    run = toy(config, folder, open_fabric('32-true', 'cpu'))
    written: list[str] = []
    for name in ('save', 'validate'):
        original = getattr(run, name)
        setattr(run, name, lambda *at, to=original, name=name: (written.append(name), to(*at))[1])
    found: dict[str, Any] = {'written': written, 'told': ''}
    try:
        run.run()
    except DivergenceError as error:
        found['told'] = str(error)
    found['learner'], found['average'] = run.learner.state_dict(), run.average.state_dict()
    torch.save(found, answer)
    torch.distributed.destroy_process_group()


if __name__ == '__main__':
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
