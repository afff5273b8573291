"""Suites of real pictures, as ``evaluate`` takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import Group, Parameter

from efficientsam3_ros.cli.support.console import frame_bar
from efficientsam3_ros.cli.support.options import OptionError
from efficientsam3_ros.datasets import Sequence as FrameSequence
from efficientsam3_ros.datasets.real.picture_suite import PictureSuite
from efficientsam3_ros.datasets.real.suites import REAL_SUITES

if TYPE_CHECKING:
    from efficientsam3_ros.cli.support.run_options import RunOptions
    from efficientsam3_ros.datasets.real.picture_suite import RealSuite
    from efficientsam3_ros.evaluation.results import RunResults
    from efficientsam3_ros.evaluation.run.job import Outcome


@Parameter(name='*', group=Group('Real pictures', sort_key=5))
@dataclass(frozen=True, kw_only=True)
class RealOptions:
    """Where a suite of real pictures lies, and what to measure beside it.

    Attributes:
        root: Folder of a real suite, or of the whole pack; docs/real_data.md tells the layout.
        anchor: YOLOX in ONNX's form, whose boxes are scored on the same pictures.
    """

    root: Path | None = None
    anchor: Path | None = None

    def chosen(self, suite: str | None, running: RunOptions) -> RealSuite | None:
        """Return the suite; None if what is asked for is none of real pictures.

        Args:
            suite: Of ``--suite``.
            running: What is run.

        Raises:
            OptionError: If options contradict each other.
        """
        found = REAL_SUITES.get(suite or '')
        if found is None:
            if self.root or self.anchor:
                raise OptionError(
                    f'--root and --anchor go with --suite {" or ".join(REAL_SUITES)}.'
                )
            return None
        if self.root is None:
            raise OptionError(f'The pictures of {suite} are not part of this package; name their '
                              'folder with --root (docs/real_data.md).')  # fmt: skip
        if running.node or running.mode == 'realtime' or running.concepts:
            raise OptionError(
                f'{suite} asks for its own concepts, and each of its pictures waits for its '
                'answer; leave --concepts, --mode and --node out.'
            )
        if self.anchor and not isinstance(found, PictureSuite):
            raise OptionError(f'--anchor is scored on single pictures; {suite} has films.')
        return found

    def files(self) -> tuple[Path | None, ...]:
        """Return what is read."""
        return self.root, self.anchor

    def open(self, suite: RealSuite, paths: Iterable[Path] = ()) -> dict[str, FrameSequence]:
        """Return the suite's sequences by name.

        Args:
            suite: From ``chosen``.
            paths: What the user named besides.

        Raises:
            OptionError: If a path is named besides, or there is no such file as the anchor.
            SequenceError: If the root is not laid out as it should be.
        """
        if list(paths):
            raise OptionError(f'{suite.name} brings its pictures; give either a path or --suite.')
        if self.anchor is not None and not self.anchor.is_file():
            raise OptionError(f'{self.anchor} is no file; --anchor is a YOLOX model (.onnx).')
        assert self.root is not None
        return {sequence.name: sequence for sequence in suite.open(self.root)}

    def anchored(
        self,
        results: RunResults,
        outcomes: Sequence[Outcome],
        sequences: Mapping[str, FrameSequence],
    ) -> RunResults:
        """Return results with what the anchor finds on the same pictures, if one is named.

        Raises:
            EngineError: If its file is no such model.
            SequenceError: If a picture cannot be read.
        """
        if self.anchor is None:
            return results
        from efficientsam3_ros.datasets.real.asked_picture import AskedPicture
        from efficientsam3_ros.evaluation.anchor.score import anchor_scores

        records = {item.name: item.record for item in outcomes if item.record is not None}
        chosen = (sequences[name] for name in records)
        pictures = [item for item in chosen if isinstance(item, AskedPicture)]
        with frame_bar('anchor', len(pictures)) as tick:
            found = anchor_scores(self.anchor, pictures, list(records.values()), results, tick)
        return replace(results, anchor=found)
