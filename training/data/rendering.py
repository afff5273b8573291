"""Rendering of many scenes by several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
import multiprocessing
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.validators import Number
from tqdm import tqdm

from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder

FieldOfView = Annotated[float, Parameter(validator=Number(gte=1, lte=120))]
"""Degrees from a picture's upper edge to its lower one."""


def training_seeds(first: int, count: int, kept: range) -> range:
    """Return the seeds from ``first`` on.

    Raises:
        ValueError: If one of them is among those kept for tests.
    """
    seeds = range(first, first + count)
    if seeds and max(seeds[0], kept[0]) <= min(seeds[-1], kept[-1]):
        raise ValueError(f'Seeds {kept} are kept for tests; choose another --first-seed.')
    return seeds


def scene_folder(out: Path, inputs: Iterable[Path | None] = ()) -> None:
    """Make and mark a folder of scenes, or go on in one.

    Args:
        out: The folder.
        inputs: What is read; what is None is passed over.

    Raises:
        OutputError: If it holds anything else, or is, holds or lies in what is read.
    """
    check_output(out, inputs, kind=ResultKind.SCENES, resume=True)
    out.mkdir(parents=True, exist_ok=True)
    mark_folder(out, ResultKind.SCENES)


def render_all(
    render: Callable[..., object], scenes: Sequence[tuple[Any, ...]], workers: int, unit: str
) -> None:
    """Render with a progress bar.

    Args:
        render: Renders one scene; a function of a module.
        scenes: Its arguments, once a scene.
        workers: Processes.
        unit: What a scene is called.
    """
    # OpenGL contexts do not survive a fork.
    context = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        jobs = [pool.submit(render, *scene) for scene in scenes]
        for job in tqdm(as_completed(jobs), total=len(jobs), unit=unit):
            job.result()
