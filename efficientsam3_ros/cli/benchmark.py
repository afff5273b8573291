"""``efficientsam3 benchmark``: the tracker minute after minute, its start, its memory."""

from __future__ import annotations

import argparse
from dataclasses import asdict
import math
from pathlib import Path
import tempfile

from efficientsam3_ros.cli.demo import survey
from efficientsam3_ros.cli.support.options import add_engine_options, positive
from efficientsam3_ros.cli.support.progress import progress
from efficientsam3_ros.core.atomic import write_json
from efficientsam3_ros.core.prompt import parse_prompts
from efficientsam3_ros.harness.live_figures import LiveFigures
from efficientsam3_ros.harness.ros_environment import require_ros
from efficientsam3_ros.harness.ros_session import RosSession, SessionConfig

EXAMPLES = """\
  efficientsam3 benchmark live
  efficientsam3 benchmark live --seconds 60 --rate 30 --out live.json
  efficientsam3 benchmark cold-start --runs 5
  efficientsam3 benchmark endurance --frames 10000
  efficientsam3 benchmark tracking --with dense=output/nano_dense
  efficientsam3 benchmark memory --memory-size nano --objects 1 5 10 20
  efficientsam3 benchmark --against upstream-layout --student es_ev_m --out necks.json"""

_MEMORY_EVERY_S = 5.0
_WARM_UP_S = 30.0
_FILM_S = 20.0
_MEGABYTE = 1e6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        'what',
        nargs='?',
        choices=['live', 'cold-start', 'endurance', 'tracking', 'memory'],
        default='live',
        help='camera and tracker as two processes, from process start to the first mask, '
        'whether a long run costs what a short one does, detector alone against video memory on '
        'the same clips, or what dense and Perceiver memory cost',
    )
    parser.add_argument(
        '--against',
        choices=['upstream-layout'],
        help="time our necks and engines against upstream's layout in torch",
    )
    parser.add_argument('--student', default='es_ev_m', help='with --against (%(default)s)')
    parser.add_argument(
        '--rounds', type=int, default=5, help='with --against and memory (%(default)s)'
    )
    parser.add_argument(
        '--sizes', type=int, nargs='+', default=(1008, 512), help='with --against (1008 512)'
    )
    parser.add_argument(
        '--memory-size',
        nargs='+',
        choices=['nano', 'full'],
        default=('nano', 'full'),
        help='with memory (nano full)',
    )
    parser.add_argument(
        '--objects', type=int, nargs='+', default=(1, 5, 10, 20), help='with memory (1 5 10 20)'
    )
    parser.add_argument('--runs', type=int, default=5, help='cold starts (%(default)s)')
    parser.add_argument(
        '--frames', type=int, default=10_000, help='frames of endurance (%(default)s)'
    )
    parser.add_argument('--suite', default='reentry-v1', help='with tracking (%(default)s)')
    parser.add_argument(
        '--with',
        dest='others',
        action='append',
        default=[],
        metavar='NAME=BUNDLE',
        help='with tracking: one more bundle beside --bundle; may be repeated',
    )
    parser.add_argument(
        '--cache', type=Path, default=Path('output/clips'), help='rendered clips (%(default)s)'
    )
    parser.add_argument('--seconds', type=positive, default=300.0, help='length (%(default)s)')
    parser.add_argument('--rate', type=positive, default=15.0, help='camera Hz (%(default)s)')
    parser.add_argument('--width', type=int, default=640, help='image columns (%(default)s)')
    parser.add_argument('--height', type=int, default=480, help='image rows (%(default)s)')
    parser.add_argument('--seed', type=int, default=7, help='which scene (%(default)s)')
    parser.add_argument('--prompts', help='noun phrases (two that are there, one that is not)')
    parser.add_argument('--out', type=Path, help='JSON file for the figures')
    add_engine_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    if arguments.against:
        from efficientsam3_ros.cli.benchmarks import network as network_benchmark

        return network_benchmark.run(
            arguments.student, tuple(arguments.sizes), arguments.rounds, arguments.out
        )
    if arguments.what == 'memory':
        from efficientsam3_ros.cli.benchmarks import memory as memory_benchmark

        return memory_benchmark.run(
            arguments.memory_size,
            arguments.objects,
            arguments.rounds,
            arguments.threads,
            arguments.out,
        )
    if arguments.what == 'tracking':
        from efficientsam3_ros.cli.benchmarks import tracking as tracking_benchmark
        from efficientsam3_ros.datasets.simulated.suites import find_suite

        trackers = tracking_benchmark.contestants(arguments.bundle, arguments.others)
        tracking_benchmark.run(
            trackers,
            find_suite(arguments.suite),
            arguments.cache,
            arguments.engine,
            arguments.threads,
            arguments.out,
        )
        return 0
    if arguments.what == 'cold-start':
        from efficientsam3_ros.cli.benchmarks import cold_start

        cold_start.run(arguments.bundle, arguments.engine, arguments.threads, arguments.runs)
        return 0
    if arguments.what == 'endurance':
        from efficientsam3_ros.cli.benchmarks import endurance

        return endurance.run(
            arguments.bundle,
            arguments.engine,
            arguments.threads,
            arguments.frames,
            arguments.seed,
            arguments.out,
        )
    require_ros()
    concepts = (
        tuple(prompt.concept for prompt in parse_prompts(arguments.prompts))
        if arguments.prompts
        else survey(arguments.seed, _FILM_S)
    )
    config = SessionConfig(
        concepts=concepts,
        bundle=arguments.bundle,
        engine=arguments.engine,
        seed=arguments.seed,
        rate=arguments.rate,
        film_seconds=_FILM_S,
        loop=True,
        width=arguments.width,
        height=arguments.height,
    )
    with tempfile.TemporaryDirectory() as folder:
        with RosSession(config, Path(folder), images=False, results=False) as session:
            print(f'looking for: {", ".join(concepts)}; rendering {_FILM_S:g} s …', flush=True)
            session.wait_until_running()
            memory = _listen(session, arguments.seconds)
        live = LiveFigures.of(session.recording)
    steady = [mb for at, mb in memory if at >= _WARM_UP_S] or [mb for _, mb in memory]
    size = f'{arguments.width}x{arguments.height}'
    print(f'{size} at {arguments.rate:g} Hz for {arguments.seconds:g} s, {len(concepts)} prompts')
    for line in live.lines():
        print(line)
    print(
        f'memory of the tracker  {min(steady):.0f} to {max(steady):.0f} MB after '
        f'{_WARM_UP_S:g} s ({len(steady)} samples)'
    )
    if arguments.out:
        data = {'figures': asdict(live), 'memory_mb': memory, 'concepts': concepts, 'size': size}
        write_json(arguments.out, data)
    return 0


def _listen(session: RosSession, seconds: float) -> list[tuple[float, float]]:
    """Record; return the tracker's resident memory as (seconds, megabytes)."""
    memory = []
    for step in progress(range(math.ceil(seconds / _MEMORY_EVERY_S)), 'live'):
        passed = step * _MEMORY_EVERY_S
        memory.append((passed, session.tracker.resident_bytes() / _MEGABYTE))
        session.listen(min(_MEMORY_EVERY_S, seconds - passed))
    return memory
