"""What ``evaluate`` and ``calibrate`` run on: recordings, data sets, simulated scenes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Group, Parameter

from efficientsam3_ros.bags.topics import BagTopics
from efficientsam3_ros.cli.support.console import frame_bar
from efficientsam3_ros.cli.support.options import OptionError, Words, at_least
from efficientsam3_ros.core.errors.report import report
from efficientsam3_ros.datasets import Sequence as FrameSequence
from efficientsam3_ros.datasets import TruthOptions, open_sequences
from efficientsam3_ros.datasets.real.suites import REAL_SUITES
from efficientsam3_ros.datasets.simulated.suites import SUITES, Suite, parse_seeds, suite_bag

_MS = 1_000_000


@Parameter(name='*', group=Group('Simulated scenes', sort_key=5))
@dataclass(frozen=True, kw_only=True)
class SceneOptions:
    """Simulated bags, rendered into the cache where they are not there yet.

    Attributes:
        suite: A stored suite.
        scenes: Seeds of scenes, as 10000-10019 or 3,5.
        split: With --scenes: which pairs of color and noun.
        pack: With --scenes: objects.
        frames: With --scenes: of one clip.
        sensor_noise: With --scenes: noisy camera.
        assets: Folder of meshes for the pack textured, with --suite or --scenes.
    """

    suite: Annotated[
        str | None,
        Parameter(
            help=f'A stored suite: {", ".join(SUITES)}; or one of real pictures, with --root: '
            f'{", ".join(REAL_SUITES)}.'
        ),
    ] = None
    scenes: str | None = None
    split: Literal['train', 'unseen_pairs', 'unseen_nouns'] = 'train'
    pack: Literal['clean', 'primitives', 'rich', 'textured', 'printed'] = 'clean'
    frames: Annotated[int, at_least(1)] = 60
    sensor_noise: bool = False
    assets: Path | None = None

    def chosen(self) -> Suite | None:
        """Return the suite, stored or made of the scenes; None if neither is named.

        Raises:
            OptionError: If options contradict each other, or there is no such suite.
            ValueError: If the seeds cannot be read.
        """
        if self.suite and self.scenes:
            raise OptionError('A suite brings its own scenes; give either --suite or --scenes.')
        if not self.scenes and self != SceneOptions(suite=self.suite, assets=self.assets):
            raise OptionError('--split, --pack, --frames and --sensor-noise go with --scenes.')
        if self.suite in REAL_SUITES:
            raise OptionError(
                f'{self.suite} measures and is never used to choose anything; only "evaluate" '
                'takes it.'
            )
        if self.suite:
            if self.suite not in SUITES:
                raise OptionError(
                    f'There is no suite "{self.suite}"; there are {", ".join(SUITES)}, and '
                    f'of real pictures, with --root, {", ".join(REAL_SUITES)}.'
                )
            return replace(SUITES[self.suite], assets=self.assets)
        if not self.scenes:
            return None
        return Suite(
            self.split,
            parse_seeds(self.scenes),
            self.pack,
            self.split,
            self.frames,
            sensor_noise=self.sensor_noise,
            assets=self.assets,
        )

    @property
    def title(self) -> str:
        """What results call the scenes: the suite's name, or the options; empty without scenes."""
        if not self.scenes:
            return self.suite or ''
        words = [f'--scenes {self.scenes} --split {self.split} --pack {self.pack}']
        words += [f'--frames {self.frames}', *(['--sensor-noise'] if self.sensor_noise else [])]
        return ' '.join(words)


@Parameter(name='*', group=Group('Topics and ground truth (found by themselves)', sort_key=6))
@dataclass(frozen=True, kw_only=True)
class TruthArguments:
    """Where the truth is and how it is paired.

    Attributes:
        image_topic: Color images of a bag.
        truth_topic: InstanceArray or label images of a bag.
        annotations: JSON file with the truth of a bag.
        labels: JSON file with the concepts of a label image.
        media: Folder of the pictures of a VEval or COCO file.
        also: Concepts that the truth knows to be absent, asked in addition to its own.
        tolerance_ms: How far the stamps of image and truth may differ.
    """

    image_topic: str | None = None
    truth_topic: str | None = None
    annotations: Path | None = None
    labels: Path | None = None
    media: Path | None = None
    also: Words = ()
    tolerance_ms: Annotated[float, at_least(0)] = 0.0

    def files(self) -> tuple[Path | None, ...]:
        """Return what is read beside the recordings."""
        return self.annotations, self.labels, self.media

    def open(self, path: Path) -> list[FrameSequence]:
        """Return the sequences at a path; see ``open_sequences`` for errors."""
        options = TruthOptions(
            annotations=self.annotations,
            labels=self.labels,
            concepts=self.also,
            tolerance_ns=round(self.tolerance_ms * _MS),
            media=self.media,
        )
        topics = BagTopics(image=self.image_topic, truth=self.truth_topic)
        return open_sequences(path, topics, options)


def find_inputs(
    paths: Sequence[Path], scenes: SceneOptions, truth: TruthArguments, cache: Path
) -> tuple[dict[str, FrameSequence], dict[str, str]]:
    """Open recordings, or render scenes.

    One path among several that cannot be opened is noted, so that the others go on.

    Args:
        paths: Of the user.
        scenes: Used if there are no paths.
        truth: Where the truth is.
        cache: Keeps rendered scenes in its folder ``suites``.

    Returns:
        Sequences by unique names, and why what else there is cannot be opened.

    Raises:
        OptionError: If paths and scenes are given.
        ValueError: If the only path cannot be opened.
    """
    suite = scenes.chosen()
    if paths and suite:
        raise OptionError(
            'Simulated scenes are recordings themselves; give either a path or --suite or '
            '--scenes.'
        )
    sequences: dict[str, FrameSequence] = {}
    failed: dict[str, str] = {}
    taken = Counter[str]()
    places = list(_rendered(suite, cache / 'suites')) if suite else list(paths)
    for path in places:
        try:
            for sequence in truth.open(path):
                name = sequence.name
                taken[name] += 1
                sequences[name if taken[name] == 1 else f'{name}~{taken[name]}'] = sequence
        except Exception as error:  # a fault of ours must not cost the other recordings
            if len(places) == 1:
                raise
            failed[str(path)] = report(error)[0]
    return sequences, failed


def _rendered(suite: Suite, folder: Path) -> Iterator[Path]:
    with frame_bar('simulate', len(suite.seeds) * suite.frames) as tick:
        for seed in suite.seeds:
            yield suite_bag(suite, seed, folder, tick)
