"""The held-out evaluation as text and as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.evaluation.old_suite_table import Metrics, intervals, markdown, scene_rows
from efficientsam3_ros.evaluation.scene_scores import SceneScores
from efficientsam3_ros.evaluation.suite_config import SuiteConfig


def suite_report(
    scenes: Sequence[SceneScores], threshold: float, config: SuiteConfig, manifest: Manifest
) -> tuple[str, dict[str, object]]:
    """Return the report in Markdown, and everything for JSON.

    Args:
        scenes: Scores of every clip.
        threshold: Detection threshold of the frame-by-frame figures.
        config: What was evaluated on.
        manifest: Which bundle.
    """
    total = Metrics.of(scenes, threshold)
    spread = intervals(scenes, threshold)
    notes = [*_setting(threshold, config, manifest, len(scenes)), *_results(total, spread)]
    text = markdown('Held-out simulated tabletop', notes, scene_rows(scenes, threshold))
    graphs = {name: graph.sha256 for name, graph in manifest.graphs.items()}
    data: dict[str, object] = {
        'config': asdict(config) | {'threshold': threshold},
        'bundle': {'name': manifest.name, 'graphs': graphs},
        'total': total.data(),
        'intervals_95': spread,
        'scenes': {scene.name: Metrics.of([scene], threshold).data() for scene in scenes},
    }
    return text, data


def _setting(threshold: float, config: SuiteConfig, manifest: Manifest, clips: int) -> list[str]:
    noise = 'on' if config.sensor_noise else 'off'
    return [
        f'bundle {manifest.name}, threshold {threshold:.3f}, split {config.split}, pack '
        f'{config.pack}, {clips} clips of {config.frames} frames at '
        f'{config.width}x{config.height}, sensor noise {noise}; simulated images',
    ]


def _results(total: Metrics, spread: dict[str, tuple[float, ...]]) -> list[str]:
    (low, high), (low_jf, high_jf) = (
        tuple(100 * value for value in spread[name]) for name in ('cgf1', 'jf')
    )
    presence, identity = total.presence, total.identity
    return [
        f'{total.detector.datapoints} datapoints (frame, phrase), scored at image resolution; '
        '0 skipped',
        f'cgF1 {100 * total.detector.cgf1:.1f} (95 % interval over scenes {low:.1f} to '
        f'{high:.1f}), J&F {100 * total.jf:.1f} ({low_jf:.1f} to {high_jf:.1f}; an empty answer '
        f'would get {100 * total.idle:.1f})',
        f'absent concepts rightly not found {100 * presence.absent_accuracy:.1f} %, out of view '
        f'{100 * presence.out_of_view_accuracy:.1f} %, in view and found '
        f'{100 * presence.present_accuracy:.1f} %',
        f'{identity.switches} id switches in {identity.matches} matches, MOTA '
        f'{100 * identity.mota:.1f}, {total.tracks} tracks for {total.objects} objects',
        f'{1 / total.seconds:.1f} tracker steps a second (median over clips)',
    ]
