r"""Makes a teacher of a trained student, for smaller students of the same sizes.

The folder is what training.stage1 to training.stage3 read as teacher, and as base: smaller
students begin with its heads, and with its tracker where a memory is given.

Examples:
    python -m training.export_teacher --run runs/teacher/best.pt --out weights/teacher
    python -m training.export_teacher --run runs/teacher/best.pt --memory runs/tracker/best.pt \
        --out weights/teacher
"""

from __future__ import annotations

from pathlib import Path
import sys

import torch

from efficientsam3_ros.core.manifest import file_sha256
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder
from efficientsam3_ros.model.student import sam3_preprocess
from efficientsam3_ros.model.weights.store import LICENSE, StoredSource, WeightsInfo, write_weights
from efficientsam3_ros.model.weights.video import tracker_state
from training.concept.config import ConceptRunConfig
from training.export_student import joined
from training.network.initial_weights import WeightError
from training.runtime.checkpoint import SETTINGS
from training.settings.command_line import run_command

OWN_LICENSE = 'Apache-2.0'
"""Of weights that began as nothing and that no teacher taught."""


def export_teacher(
    *, run: Path, out: Path, memory: Path | None = None, force: bool = False
) -> None:
    """Write the folder.

    Args:
        run: The best.pt of training.stage3, in the folder of its run.
        out: Folder of the teacher.
        memory: The best.pt of training.stage2, a dense memory on the same trunk.
        force: Replace an older one at --out.
    """
    place = check_output(out, (run, memory), kind=ResultKind.WEIGHTS, force=force)
    settings = ConceptRunConfig.load(run.with_name(SETTINGS))
    student, video, _ = joined(run, memory, settings.size)
    if video is not None and video.config.kind != 'dense':
        raise WeightError(f'{memory} is no dense memory; train it with memory=dense.')
    state = student.state_dict()
    plan, sources = settings.student, [path for path in (run, memory) if path is not None]
    info = WeightsInfo(
        variant=plan.name,
        neck=plan.neck,
        text=plan.text_name,
        context=plan.context,
        preprocess=sam3_preprocess(settings.size),
        sources=tuple(StoredSource(p.name, 'training', file_sha256(p)) for p in sources),
        sha256='',
        license=license_of(settings),
        tracker=video is not None,
        sizes=plan.sizes,
    )
    tracker = {} if video is None else tracker_state(student, video)
    with torch.no_grad(), replacing(place) as part:
        write_weights({**state, **tracker}, info, part)
        mark_folder(part, ResultKind.WEIGHTS)
    print(f'teacher in {out}; next: teacher={out} base={out}')


def license_of(settings: ConceptRunConfig) -> str:
    """Return the licence of a run's weights: SAM 3's, wherever others' weights may be in them."""
    others = settings.teacher or settings.base or settings.initialize_from
    return LICENSE if others else OWN_LICENSE


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.export_teacher', __doc__, export_teacher, argv)


if __name__ == '__main__':
    sys.exit(main())
