"""Write labelled pictures as shards: tars of <key>.jpg beside <key>.json.

Any set of single pictures will do: SA-1B (folder or tars), SA-Co Gold and
Silver, COCO, LVIS, RGB-D scenes. Shards hold the same samples, in the form
that webdataset reads too. Each is read again and compared before it gets its
name. Damaged pictures are skipped and reported, up to a bound.

Examples:
    python -m training.shard --root data/sa1b --out data/sa1b_shards
    python -m training.shard --root data/sa1b --out small --longest-side 1008
    python -m training.shard --root data/sa1b --out data/sa1b_shards --resume
    python -m training.shard --root data/gold --out shards --damaged-share 0
"""

from __future__ import annotations

from pathlib import Path
import sys
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.output_folder import result_folder
from efficientsam3_ros.core.writing.result_marker import ResultKind
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.find import find_stills
from efficientsam3_ros.datasets.stills.frame_set import FrameSet
from training.data.samples.tolerance import Tolerance
from training.settings.command_line import Count, run_command
from training.shard.write_shards import Layout, write_shards

_Share = Annotated[float, Parameter(validator=Number(gte=0, lte=1))]
_Bound = Annotated[int, Parameter(validator=Number(gte=0, lte=10**9))]


def shard(
    *,
    root: Path,
    out: Path,
    media: Path | None = None,
    samples: Count = 1000,
    damaged_share: _Share = 0.01,
    damaged_count: _Bound = 1000,
    longest_side: _Bound = 0,
    workers: Count = 1,
    resume: bool = False,
) -> None:
    """Write shards.

    Args:
        root: The set: a folder, a tar or a JSON file.
        out: A new folder.
        media: Folder of the pictures of a JSON file; else they are looked for around it.
        samples: Pictures of a shard.
        damaged_share: Of the pictures, how many may be damaged, rounded up.
        damaged_count: How many at most.
        longest_side: Make larger pictures so long, pixels, and their masks too; 0 keeps all.
        workers: Processes.
        resume: Go on in a folder that an interrupted run left.
    """
    check_output(out, (root, media), kind=ResultKind.SHARDS, resume=resume)
    frames = _opened(root, media)
    with result_folder(out, ResultKind.SHARDS, resume=resume) as folder:
        tolerance = Tolerance(damaged_share, damaged_count)
        layout = Layout(samples, longest_side)
        index = write_shards(frames, folder, layout, tolerance, workers)
    lost = sum(len(item.skipped) for item in index.shards)
    left_out = f'; {lost} were damaged' if lost else ''
    print(f'{index.pictures - lost} pictures in {index.count} shards{left_out}: {out}')


def _opened(root: Path, media: Path | None) -> FrameSet:
    if not root.exists():
        raise SequenceError(f'{root} does not exist; give the folder or file of a set.')
    frames = find_stills(root, media)
    if frames is None:
        raise SequenceError(
            f'{root} holds no labelled pictures; give a folder or tars of SA-1B, a JSON file of '
            "SA-Co Gold or Silver, of LVIS or in COCO's form, or a folder of RGB-D scenes."
        )
    for note in frames.notes:
        print(note)
    return frames


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.shard', __doc__, shard, argv)


if __name__ == '__main__':
    sys.exit(main())
