"""Settings of the engine's threads side by side, in the live node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
import re
from statistics import median

from efficientsam3_ros.cli.support.console import progress
from efficientsam3_ros.cli.support.options import OptionError
from efficientsam3_ros.harness.live_figures import LiveFigures
from efficientsam3_ros.harness.session import RosSession
from efficientsam3_ros.nodes.tracker.settings import NodeSettings

# The first images of a fresh network take longer.
_WARM_UP_S = 4.0


@dataclass(frozen=True)
class LiveRun:
    """Figures of one run.

    Attributes:
        rate: Results a second, mean over the run.
        p50_ms: Median from an image's stamp to the receipt of its result, milliseconds.
        p95_ms: 95th percentile of the same.
    """

    rate: float
    p50_ms: float
    p95_ms: float


def parse_settings(texts: Sequence[str], tracker: NodeSettings) -> dict[str, NodeSettings]:
    """Return a tracker's settings for each ``THREADS`` or ``THREADS:spin``.

    Raises:
        OptionError: If one has another form.
    """
    found = {}
    for text in texts:
        match = re.fullmatch(r'(\d{1,3})(:spin)?', text)
        if not match or int(match[1]) > 256:
            raise OptionError(f'Settings are given as THREADS or THREADS:spin, got "{text}".')
        found[text] = replace(tracker, threads=int(match[1]), spin=bool(match[2]))
    return found


def compare_settings(
    session: RosSession, choices: Mapping[str, NodeSettings], seconds: float, rounds: int
) -> dict[str, list[LiveRun]]:
    """Run each choice once in every round, so that a disturbance hits all of them alike.

    The camera goes on; each run has a tracker of its own.

    Args:
        session: Runs already.
        choices: Settings by name.
        seconds: Length of a run, after a warm-up.
        rounds: Runs of each choice.

    Raises:
        ChildError: If a node ends.
        SessionError: If the tracker does not start.
    """
    found: dict[str, list[LiveRun]] = {name: [] for name in choices}
    for name in progress(list(choices) * rounds, 'live'):
        session.replace_tracker(asdict(choices[name]))
        session.wait_until_ready()
        session.listen(_WARM_UP_S)
        session.forget()
        session.listen(seconds)
        live = LiveFigures.of(session.recording)
        # Over the run: a median of seconds would be a whole number.
        rate = len(session.recording.receipts) / seconds
        found[name].append(LiveRun(rate, live.latency.p50 * 1e3, live.latency.p95 * 1e3))
    return found


def settings_table(runs: Mapping[str, Sequence[LiveRun]]) -> str:
    """Return a table of medians in Markdown, the range of the rates beside them."""
    lines = ['| threads | images a second | p50 (ms) | p95 (ms) |', '| --- | --- | --- | --- |']
    for name, found in runs.items():
        rates = [run.rate for run in found]
        lines.append(
            f'| {name.replace(":spin", ", spinning")} '
            f'| {median(rates):.1f} ({min(rates):.1f} to {max(rates):.1f}) '
            f'| {median(run.p50_ms for run in found):.0f} '
            f'| {median(run.p95_ms for run in found):.0f} |'
        )
    return '\n'.join(lines)
