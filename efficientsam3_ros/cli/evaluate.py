"""``efficientsam3 evaluate``: recordings, data sets and simulated scenes."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from efficientsam3_ros.cli.support.options import OptionError
from efficientsam3_ros.evaluation import tabletop_suite

EXAMPLES = """\
  efficientsam3 evaluate recordings/ --out results/new
  efficientsam3 evaluate drive.mcap --mode realtime --node --out results/live
  efficientsam3 evaluate field.mcap --concepts "red mug" bowl
  efficientsam3 evaluate DAVIS/ --bundle my_bundle/ --params tracker.yaml --workers 2
  efficientsam3 evaluate --suite tabletop-v1 --out results/suite
without a recording, the held-out simulated scenes are scored:
  efficientsam3 evaluate --scenes 10000-10019 --out results
  efficientsam3 evaluate --split unseen_nouns --workers 2 --threads 1
  efficientsam3 evaluate --bundle my_bundle/ --choose-threshold"""

_SCENE_OPTIONS = ('scenes', 'choose_threshold', 'sensor_noise', 'min_absent')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        'input',
        nargs='*',
        type=Path,
        help='bags (folder, .mcap, .db3), folders of bags, or a folder in the format of DAVIS, '
        'MOSE, SA-V or SA-Co/VEval; none scores held-out simulated scenes',
    )
    tabletop_suite.add_common_arguments(parser)
    _add_recording_arguments(parser)
    _add_truth_arguments(parser)
    tabletop_suite.add_scene_arguments(parser)


def _add_recording_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('recordings')
    group.add_argument('--suite', help='a stored suite of simulated bags, such as tabletop-v1')
    group.add_argument(
        '--mode',
        choices=['every_frame', 'realtime'],
        help='every_frame: each frame waits for the tracker, the same results everywhere '
        '(default); realtime: at the recorded pace, with real losses',
    )
    group.add_argument(
        '--node',
        action='store_true',
        help='run the tracker as a ROS 2 node, fed by the bag player (in real time)',
    )
    group.add_argument(
        '--concepts',
        nargs='+',
        default=[],
        metavar='PHRASE',
        help="what to look for (the truth's concepts)",
    )
    group.add_argument(
        '--params', type=Path, help="the tracker's settings, as config/tracker.yaml"
    )
    group.add_argument('--no-overlay', action='store_true', help='write no overlay videos')
    group.add_argument(
        '--no-cache', action='store_true', help='run the network even where results are kept'
    )
    again = group.add_mutually_exclusive_group()
    again.add_argument('--resume', action='store_true', help='go on in an existing --out')
    again.add_argument('--force', action='store_true', help='replace an existing --out')


def _add_truth_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group('topics and ground truth (found by themselves)')
    group.add_argument('--image-topic', help='colour images of a bag')
    group.add_argument('--truth-topic', help='InstanceArray or label images of a bag')
    group.add_argument('--annotations', type=Path, help='JSON file with the truth of a bag')
    group.add_argument('--labels', type=Path, help='JSON file with the concepts of a label image')
    group.add_argument('--media', type=Path, help='folder of the pictures of a VEval file')
    group.add_argument(
        '--also',
        nargs='+',
        default=[],
        metavar='PHRASE',
        help='concepts that the truth knows to be absent, asked in addition to its own',
    )
    group.add_argument(
        '--tolerance-ms',
        type=float,
        default=0.0,
        help='how far the stamps of image and truth may differ (%(default)g)',
    )


def run(arguments: argparse.Namespace) -> int:
    """Evaluate recordings, or the held-out scenes where none is named."""
    if arguments.input and arguments.suite:
        raise OptionError('A suite brings its own recordings; give either a path or --suite.')
    if arguments.input or arguments.suite:
        _refuse(arguments, _SCENE_OPTIONS, 'are for simulated scenes, without a recording')
        from efficientsam3_ros.cli import evaluate_recordings

        return evaluate_recordings.run(arguments)
    groups = (_add_recording_arguments, _add_truth_arguments)
    names = [name for group in groups for name in _names(group)]
    _refuse(arguments, names, 'are for recordings; name a path before them, or --suite')
    return tabletop_suite.run(arguments)


def _refuse(arguments: argparse.Namespace, names: Sequence[str], why: str) -> None:
    given = [name for name in names if getattr(arguments, name, None)]
    if given:
        options = ', '.join(f'--{name.replace("_", "-")}' for name in given)
        raise OptionError(f'{options} {why}.')


def _names(add: Callable[[argparse.ArgumentParser], None]) -> list[str]:
    parser = argparse.ArgumentParser(add_help=False)
    add(parser)
    return list(vars(parser.parse_args([])))
