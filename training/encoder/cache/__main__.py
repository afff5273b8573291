r"""Caches what the teacher's trunk sees in the pictures of a distillation of encoders.

A picture takes 10.6 MB of SAM 3's features: 1 % of SA-1B 1.2 TB. The size is told and compared
with the bound and the free disk before anything is computed. Finished shards are skipped.

Examples:
    python -m training.encoder.cache --config training/configs/stage1/es_ev_m.yaml \
        --out data/sa1b_features teacher=facebook/sam3 data.sa1b=/data/sa1b
    python -m training.stage1 --config training/configs/stage1/es_ev_m.yaml \
        teacher=facebook/sam3 data.sa1b=/data/sa1b data.cache=data/sa1b_features
"""

from __future__ import annotations

from pathlib import Path
import sys

import torch

from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder
from training.encoder.cache.filling import check_room, fill
from training.encoder.cache.store import cache_of
from training.encoder.config import EncoderRunConfig
from training.encoder.data.opening import split_pictures
from training.settings.command_line import Count, run_command
from training.teacher.opening import open_teacher


def cache(
    *overrides: str, config: Path, out: Path, gigabytes: float = 100.0, batch: Count = 8
) -> None:
    """Let the teacher look at every picture.

    Args:
        overrides: Settings in place of the file's, such as data.sa1b=/data/sa1b.
        config: YAML settings of training.stage1.
        out: Folder of the cache; one that was interrupted is gone on with.
        gigabytes: Largest size; a larger cache is refused before it is begun.
        batch: Pictures at once.
    """
    settings = EncoderRunConfig.load(config, overrides)
    check_output(out, (*settings.inputs(), config), kind=ResultKind.TEACHER_FEATURES, resume=True)
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    teacher = open_teacher(settings.teacher, device)
    train, validation = split_pictures(settings.data)
    stills = sorted((*train, *validation), key=lambda still: still.name)
    size = teacher.preprocess.height
    seen = teacher.encode_image(torch.zeros(1, 3, size, size)).trunk
    assert seen is not None
    found = cache_of(out, teacher.identity, seen.shape[1:], [still.name for still in stills])
    print(check_room(found, gigabytes), file=sys.stderr)
    out.mkdir(parents=True, exist_ok=True)
    mark_folder(out, ResultKind.TEACHER_FEATURES)
    with torch.autocast(device, torch.bfloat16, enabled=settings.precision == 'bf16-mixed'):
        fill(found, stills, teacher, batch)


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.encoder.cache', __doc__, cache, argv)


if __name__ == '__main__':
    sys.exit(main())
