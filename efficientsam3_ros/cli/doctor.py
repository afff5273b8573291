"""``efficientsam3 doctor``: what is here, what works, and what to do about the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
import os
from pathlib import Path
import platform
import timeit

from cyclopts import App
import numpy as np

from efficientsam3_ros.cli.support.console import table
from efficientsam3_ros.cli.support.options import OptionError
from efficientsam3_ros.core import Frame, Manifest, Prompt
from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.engine import DEFAULT_BUNDLE, available_backends, load_engine
from efficientsam3_ros.engine.bundles import find_bundle
from efficientsam3_ros.engine.registry import version_of
from efficientsam3_ros.install_hint import install_hint

EXAMPLES = """\
examples:
  efficientsam3 doctor
  efficientsam3 doctor --bundle my_bundle/
  efficientsam3 doctor --engine tensorrt
  efficientsam3 doctor --engine tensorrt:int8 --bundle my_bundle/ --calibrate frames/
  efficientsam3 doctor --engine openvino:bf16"""

_RUNS = 5

app = App(name='doctor', help_epilogue=EXAMPLES)


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes:
        name: What was looked at.
        good: Whether it is there and works.
        needed: Whether nothing works without it.
        text: Version, figure or cause.
        remedy: What to do if it is not good.
    """

    name: str
    good: bool
    needed: bool
    text: str
    remedy: str = ''

    @property
    def verdict(self) -> str:
        """'ok', 'MISSING' or, where it is optional, '-'."""
        return 'ok' if self.good else 'MISSING' if self.needed else '-'


@app.default
def run(
    *,
    bundle: str = DEFAULT_BUNDLE,
    engine: str | None = None,
    calibrate: Path | None = None,
) -> int:
    """Print the report; 0 if the runtime works, else 1.

    Args:
        bundle: Embedded name or folder.
        engine: Check this engine against ONNX Runtime on the CPU; a precision may follow a colon.
        calibrate: Folder of pictures from which tensorrt:int8 measures a bundle's ranges, once,
            and keeps them.
    """
    if calibrate and engine != 'tensorrt:int8':
        raise OptionError('--calibrate FOLDER belongs to --engine tensorrt:int8.')
    if engine:
        from efficientsam3_ros.cli.engine_report import report

        return report(bundle, engine, calibrate)
    findings = [*_packages(), *_ros(), _renderer(), *_engines(bundle)]
    rows = [(f.name, f.verdict, f.text) for f in findings]
    print(table(('what', 'state', 'details'), rows, text_columns=3))
    remedies = [f for f in findings if not f.good and f.remedy]
    if remedies:
        print('\nremedies:')
    for item in remedies:
        print(f'  {"needed" if item.needed else "optional"}: {item.name}: {item.remedy}')
    works = all(f.good for f in findings if f.needed)
    print('\nthe runtime works' if works else '\nthe runtime does not work')
    return 0 if works else 1


def _packages() -> Iterator[Finding]:
    yield Finding('python', True, True, f'{platform.python_version()} {platform.machine()}')
    for module, packages, needed, remedy in (
        ('numpy', ('numpy',), True, 'pip install numpy'),
        (
            'cv2',
            ('opencv-python-headless', 'opencv-python', 'opencv-contrib-python'),
            True,
            'pip install opencv-python-headless',
        ),
        ('onnxruntime', ('onnxruntime', 'onnxruntime-gpu'), True, 'pip install onnxruntime'),
        ('rosbags', ('rosbags',), False, 'pip install rosbags (bags)'),
        ('ftfy', ('ftfy',), False, "pip install ftfy (bundles with CLIP's tokenizer)"),
        ('scipy', ('scipy',), False, f'{install_hint("eval")} (evaluation)'),
        ('openvino', ('openvino',), False, 'pip install openvino (Intel and AMD)'),
        ('tensorrt', ('tensorrt',), False, 'pip install tensorrt (NVIDIA GPUs)'),
        ('torch', ('torch',), False, f'{install_hint("train")} (training only)'),
    ):
        found = find_spec(module) is not None
        yield Finding(module, found, needed, version_of(packages) if found else 'absent', remedy)


def _ros() -> Iterator[Finding]:
    def optional(name: str, module: str, there: str, absent: str, remedy: str) -> Finding:
        found = find_spec(module) is not None
        return Finding(name, found, False, there if found else absent, remedy)

    distribution = os.environ.get('ROS_DISTRO')
    remedy = 'source a ROS 2 installation, or pip install -r requirements-ros-jazzy.txt'
    yield optional('rclpy', 'rclpy', distribution or 'installed', 'absent', remedy)
    remedy = 'colcon build, or pip install . where ROS 2 is in sight'
    yield optional('our messages', 'efficientsam3_ros.msg', 'compiled', 'not compiled', remedy)
    for module, use in (
        ('vision_msgs', 'topic ~/detections'),
        ('message_filters', 'synchronised depth'),
    ):
        remedy = f'apt install ros-{distribution or "jazzy"}-{module.replace("_", "-")}'
        yield optional(module, module, 'installed', f'absent: no {use}', remedy)


def _renderer() -> Finding:
    """Draw one small simulated picture."""
    if find_spec('mujoco') is None:
        remedy = install_hint('sim')
        return Finding('simulator', False, False, 'mujoco is absent', remedy)
    try:
        from efficientsam3_ros.simulation import Tabletop, TabletopConfig

        small = TabletopConfig(width=64, height=48, frames=1, min_objects=1, max_objects=1)
        with Tabletop(small) as scene:
            seen = next(iter(scene))
    # Drivers fail in ways of their own; the report must go on.
    except Exception as error:
        return Finding('simulator', False, False, 'cannot draw', one_line(error))
    text = f'mujoco {version_of(("mujoco",))} draws ({os.environ.get("MUJOCO_GL", "default GL")})'
    return Finding('simulator', bool(seen.rgb.any()), False, text, 'install libegl1')


def _engines(bundle: str) -> Iterator[Finding]:
    try:
        folder = find_bundle(bundle)
        manifest = Manifest.load(folder)
    except ValueError as error:
        yield Finding('bundle', False, True, bundle, one_line(error))
        return
    size = sum((folder / graph.file).stat().st_size for graph in manifest.graphs.values()) / 1e6
    text = f'{manifest.name}: {len(manifest.graphs)} graphs, {size:.1f} MB, checksums match'
    yield Finding('bundle', True, True, text)
    for index, (backend, state) in enumerate(available_backends().items()):
        if state.startswith('ready'):
            yield _try(bundle, backend, needed=not index)
        else:
            yield Finding(backend, False, not index, 'not available', state)


def _try(bundle: str, backend: str, needed: bool) -> Finding:
    """Take the shortest time of a few tracker steps."""
    from efficientsam3_ros.tracking import ConceptTracker

    frame = Frame(np.full((480, 640, 3), 128, np.uint8))
    try:
        with closing(load_engine(bundle, backend)) as engine:
            tracker = ConceptTracker(engine)
            tracker.set_prompts([Prompt(engine.manifest.words[-1])])
            seconds = min(timeit.repeat(lambda: tracker.step(frame), number=1, repeat=_RUNS))
    # Providers raise what they like; the report must go on.
    except Exception as error:
        return Finding(backend, False, needed, 'fails', one_line(error))
    return Finding(backend, True, needed, f'{1e3 * seconds:.0f} ms a frame (640x480, 1 prompt)')
