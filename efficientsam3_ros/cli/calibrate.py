"""``efficientsam3 calibrate``: the detection threshold and presence gate that fit a bundle."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
import shutil
from typing import TYPE_CHECKING, Annotated

from cyclopts import App

from efficientsam3_ros.cli.support.console import frame_bar, table
from efficientsam3_ros.cli.support.inputs import SceneOptions, TruthArguments, find_inputs
from efficientsam3_ros.cli.support.options import OptionError, Paths, Switch, between
from efficientsam3_ros.core import Manifest
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.output_folder import free_name
from efficientsam3_ros.datasets import Sequence as FrameSequence
from efficientsam3_ros.datasets.simulated.suites import VALIDATION_SCENES
from efficientsam3_ros.engine import load_engine
from efficientsam3_ros.engine.bundles import EMBEDDED, find_bundle

if TYPE_CHECKING:
    from efficientsam3_ros.evaluation.scoring.operating_point import Datapoint

EXAMPLES = """\
examples:
  efficientsam3 calibrate my_bundle/
  efficientsam3 calibrate my_bundle/ --min-absent 0.94 --dry-run
  efficientsam3 calibrate nano --data recordings/ --out my_bundle

Choose on recordings that are used neither for training nor to report results. The bundle of before
stays beside the new one as NAME.before-calibration."""

app = App(name='calibrate', help_epilogue=EXAMPLES)


@app.default
def run(
    bundle: str,
    /,
    *,
    data: Paths = (),
    min_absent: Annotated[float, between(0, 1)] = 0.0,
    gate: Switch = True,
    out: Path | None = None,
    dry_run: bool = False,
    engine: str = 'onnxruntime',
    threads: Annotated[int, between(0, 256)] = 0,
    cache: Path = Path('output/evaluation'),
    scenes: SceneOptions = SceneOptions(),
    truth: TruthArguments = TruthArguments(),
) -> int:
    """Run the detector alone, choose, and write the choice into the bundle's manifest.

    Args:
        bundle: Embedded name or folder.
        data: Recordings or data sets with named objects; simulated scenes 20000-20039 if nothing
            is given.
        min_absent: Share of absent concepts that must stay empty; among the pairs of threshold and
            gate that do so, the best cgF1 counts.
        gate: Choose the presence gate, too.
        out: New folder for the calibrated bundle; by default the bundle itself is replaced.
        dry_run: Print the choice, write nothing.
        engine: Inference backend.
        threads: CPU threads, 0 takes all cores.
        cache: Folder of rendered scenes.
        scenes: Simulated scenes instead of data.
        truth: Where the truth is.
    """
    folder = find_bundle(bundle).resolve()
    if folder.parent == EMBEDDED and not (out or dry_run):
        raise OptionError(f'{folder.name} belongs to the package; name a new folder with --out.')
    inputs = (folder, *data, *truth.files())
    target = check_output(out, inputs) if out else folder
    manifest = Manifest.load(folder)
    if not data and scenes == SceneOptions():
        scenes = SceneOptions(scenes=VALIDATION_SCENES)
    sequences, failed = find_inputs(data, scenes, truth, cache)
    for name, why in failed.items():
        raise OptionError(f'{name} cannot be used: {why}')
    points = _datapoints(list(sequences.values()), folder, engine, threads)
    print(f'{len(sequences)} sequences, {len(points)} datapoints (frame, concept)')
    calibrated = _calibrated(manifest, points, min_absent, gate)
    if not dry_run:
        kept = write_bundle(folder, calibrated, target)
        print(f'written: {target}' + (f'; before: {kept}' if kept else ''))
    return 0


def _calibrated(
    manifest: Manifest, points: Sequence[Datapoint], min_absent: float, gate: bool
) -> Manifest:
    """Return the manifest with the best threshold and gate; print what they change."""
    from efficientsam3_ros.evaluation.scoring.operating_point import GATES, THRESHOLDS, best, rate

    own = manifest.presence_gate
    old = rate(points, [manifest.threshold], [own])[0]
    choice = best(rate(points, THRESHOLDS, GATES if gate else [own]), min_absent)
    rows = [
        (name, it.threshold, it.presence_gate, f'{100 * it.cgf1:.1f}', f'{100 * it.absent:.1f}')
        for name, it in (('before', old), ('chosen', choice))
    ]
    print(table(('', 'threshold', 'presence gate', 'cgF1', 'absent ok'), rows))
    if choice.absent < min_absent:
        print(f'No pair leaves {100 * min_absent:g} % of the absent concepts empty.')
    return replace(manifest, threshold=choice.threshold, presence_gate=choice.presence_gate)


def write_bundle(source: Path, manifest: Manifest, target: Path) -> Path | None:
    """Copy a bundle under another manifest; what is at the target is kept under another name.

    Args:
        source: Folder of the graphs.
        manifest: Of the same graphs.
        target: Folder of the new bundle; may be the source.

    Returns:
        Where the bundle is that was at the target; None if there was none.
    """
    kept = free_name(target.with_name(f'{target.name}.before-calibration'))
    with replacing(target) as part:
        shutil.copytree(source, part)
        manifest.save(part)
        Manifest.load(part)
        if not target.exists():
            return None
        with replacing(kept) as whole:
            shutil.copytree(target, whole)
    return kept


def _datapoints(
    sequences: Sequence[FrameSequence], folder: Path, backend: str, threads: int
) -> list[Datapoint]:
    from efficientsam3_ros.evaluation.run.calibration import datapoints

    with (
        closing(load_engine(folder, backend, threads)) as engine,
        frame_bar('frames', sum(item.expected_frames for item in sequences)) as tick,
    ):
        return [point for item in sequences for point in datapoints(item, engine, tick)]
