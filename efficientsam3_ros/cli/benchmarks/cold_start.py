"""``efficientsam3 benchmark cold-start``: from starting the process to the first mask."""

from __future__ import annotations

from dataclasses import asdict, dataclass
import json
import subprocess
import sys
from time import time
from typing import Annotated

from cyclopts import App

from efficientsam3_ros.cli.support.options import EngineOptions, at_least

EXAMPLES = """\
examples:
  efficientsam3 benchmark cold-start
  efficientsam3 benchmark cold-start --runs 10 --engine openvino --threads 1"""

HEAVY = ('torch', 'timm', 'transformers', 'mujoco', 'scipy', 'onnx')
"""What a robot's process must not load."""

_MAX_STEPS = 10

app = App(name='cold-start', help_epilogue=EXAMPLES)


@dataclass(frozen=True)
class ColdStart:
    """One start, all times in seconds since the process was asked for.

    Attributes:
        imported: The package is imported.
        loaded: The bundle is loaded and verified.
        prompted: The prompt is encoded.
        first_mask: The first mask is there.
        steps: Frames until then.
        heavy: Modules of ``HEAVY`` that were loaded.
    """

    imported: float
    loaded: float
    prompted: float
    first_mask: float
    steps: int
    heavy: tuple[str, ...]


def cold_start(bundle: str, engine: str, threads: int) -> ColdStart:
    """Start a process of its own and let it find a drawn red block.

    Args:
        bundle: Name or folder.
        engine: Backend.
        threads: CPU threads, 0 takes all cores.

    Raises:
        RuntimeError: If the process fails.
    """
    code = 'from efficientsam3_ros.cli.benchmarks.cold_start import child; child()'
    command = [sys.executable, '-c', code, repr(time()), bundle, engine, str(threads)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f'The started process failed: {done.stderr.strip()[-500:]}')
    data = json.loads(done.stdout)
    return ColdStart(**(data | {'heavy': tuple(data['heavy'])}))


@app.default
def run(*, runs: Annotated[int, at_least(1)] = 5, engine: EngineOptions = EngineOptions()) -> int:
    """Measure several starts and print them; the first may wait for the disk.

    Args:
        runs: How many.
        engine: The network.
    """
    starts = []
    print('start  imported  loaded  prompted  first mask  frames')
    for index in range(runs):
        start = cold_start(engine.bundle, engine.engine, engine.threads)
        starts.append(start)
        print(
            f'{index + 1:5d}  {start.imported:6.2f} s {start.loaded:5.2f} s  '
            f'{start.prompted:6.2f} s {start.first_mask:9.2f} s  {start.steps:6d}',
            flush=True,
        )
    times = sorted(start.first_mask for start in starts)
    print(
        f'first mask after {times[len(times) // 2]:.2f} s '
        f'(median of {runs}, worst {times[-1]:.2f} s)'
    )
    heavy = sorted({name for start in starts for name in start.heavy})
    print(f'loaded besides: {", ".join(heavy) or "none"} of {", ".join(HEAVY)}')
    return 0


def child() -> None:
    """Run in the started process: print a ``ColdStart`` as JSON."""
    _, began, bundle, engine, threads = sys.argv

    def passed() -> float:
        return time() - float(began)

    import cv2
    import numpy as np

    from efficientsam3_ros.core import Frame, Prompt
    from efficientsam3_ros.engine import load_engine
    from efficientsam3_ros.tracking import ConceptTracker

    imported = passed()
    tracker = ConceptTracker(load_engine(bundle, engine, int(threads)))
    loaded = passed()
    # How sure a model is of a drawn block is not the question here.
    tracker.set_prompts([Prompt('object', threshold=0.01)])
    prompted = passed()
    rgb = np.full((480, 640, 3), 150, np.uint8)
    cv2.rectangle(rgb, (260, 180), (380, 300), (200, 30, 30), -1)
    steps = 0
    while steps < _MAX_STEPS:
        steps += 1
        if tracker.step(Frame(rgb)).instances:
            break
    else:
        raise RuntimeError(f'no mask after {_MAX_STEPS} frames; the bundle sees no drawn block')
    heavy = tuple(name for name in HEAVY if name in sys.modules)
    print(json.dumps(asdict(ColdStart(imported, loaded, prompted, passed(), steps, heavy))))
