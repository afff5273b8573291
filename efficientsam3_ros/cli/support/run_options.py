"""What ``evaluate`` runs, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Group, Parameter

from efficientsam3_ros.cli.support.options import (
    EngineOptions,
    OptionError,
    Switch,
    Words,
    at_least,
)
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.output_folder import result_folder
from efficientsam3_ros.core.writing.result_marker import ResultKind
from efficientsam3_ros.tracking import TrackerConfig

if TYPE_CHECKING:
    from efficientsam3_ros.evaluation.run.plan import RunPlan


@Parameter(name='*', group=Group('Run', sort_key=0))
@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What is run, and what is kept of it.

    Attributes:
        detector_alone: Score each frame's detections, without a tracker.
        mode: every_frame (the default): each frame waits for the tracker, the same results
            everywhere; realtime: at the recorded pace, with real losses.
        node: Run the tracker as a ROS 2 node, fed by the bag player (in real time).
        concepts: What to look for; the truth's concepts if absent.
        workers: Processes.
        cache: Folder of what later runs use again.
        no_cache: Run the network even where results are kept.
    """

    detector_alone: bool = False
    mode: Literal['every_frame', 'realtime'] | None = None
    node: bool = False
    concepts: Words = ()
    workers: Annotated[int, at_least(1)] = 1
    cache: Path = Path('output/evaluation')
    no_cache: bool = False

    def plan(
        self,
        engine: EngineOptions,
        tracker: TrackerConfig,
        topic: str | None,
        suite: str,
        resume: bool,
    ) -> RunPlan:
        """Return what is run on every sequence.

        Args:
            engine: The network.
            tracker: Its settings.
            topic: Image topic that the user named.
            suite: What the scenes are called, if there are any.
            resume: Whether an earlier run goes on.

        Raises:
            OptionError: If options contradict each other.
            RosMissingError: If a node is asked for where ROS 2 is not installed.
        """
        from efficientsam3_ros.evaluation.run.plan import Mode, RunPlan
        from efficientsam3_ros.evaluation.run.runner import threads_per_worker

        mode = Mode(self.mode or ('realtime' if self.node else 'every_frame'))
        self._check(mode is Mode.REALTIME)
        return RunPlan(
            bundle=engine.bundle,
            engine=engine.engine,
            threads=threads_per_worker(engine.threads, self.workers),
            tracker=tracker,
            mode=mode,
            over_dds=self.node,
            concepts=self.concepts,
            topics=(topic,) if topic else (),
            suite=suite,
            detector_alone=self.detector_alone,
            cache=self.cache,
            # Times of another day say nothing of today: real time is measured anew unless resumed.
            reuse=not self.no_cache and (mode is Mode.EVERY_FRAME or resume),
        )

    def _check(self, realtime: bool) -> None:
        if self.node and not realtime:
            raise OptionError('A node runs in real time; leave --mode out, or --node.')
        if realtime and self.workers > 1:
            raise OptionError(
                'Several real-time runs on one machine slow each other down; leave --workers out.'
            )
        if realtime and self.detector_alone:
            raise OptionError('--detector-alone takes every frame; leave --mode and --node out.')
        if self.node:
            from efficientsam3_ros.harness.ros_environment import require_ros

            require_ros()


@Parameter(name='*', group=Group('Results', sort_key=1))
@dataclass(frozen=True, kw_only=True)
class ResultOptions:
    """What is left behind.

    Attributes:
        out: Folder for results.json, results.md, report.html, predictions and overlays.
        resume: Go on in an existing --out.
        force: Replace the results of an earlier run in --out.
        overlay: Write overlay videos.
    """

    out: Path | None = None
    resume: bool = False
    force: bool = False
    overlay: Switch = True

    def check(self, inputs: Iterable[Path | None]) -> None:
        """Refuse an output that may not be written, before any work; see ``check_output``."""
        if self.resume and self.force:
            raise OptionError('--resume goes on in --out and --force replaces it; give one.')
        if self.out is not None:
            check_output(
                self.out,
                inputs,
                kind=ResultKind.EVALUATION,
                force=self.force,
                resume=self.resume,
            )

    @contextmanager
    def folder(self) -> Iterator[Path | None]:
        """Make the folder that ``check`` let pass; earlier results come back after a failure."""
        if self.out is None:
            yield None
        else:
            with result_folder(self.out, ResultKind.EVALUATION, resume=self.resume) as folder:
                yield folder
