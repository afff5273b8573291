"""Entry of ``efficientsam3``; loads only the verb that is asked for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
import sys
from types import ModuleType

from efficientsam3_ros import __version__

VERBS = {
    'demo': 'simulated camera and tracker as two ROS 2 processes, with pictures and figures',
    'track': 'find and follow what you name in a video, pictures or a bag',
    'simulate': 'write a simulated tabletop clip with ground truth as a rosbag2 bag',
    'evaluate': 'score a bundle on recordings, data sets or simulated scenes',
    'compare': 'what changed between two evaluations, with confidence intervals',
    'benchmark': 'live figures of the node; trackers, memories and students side by side',
    'models': 'the nine students: parameters, multiply-accumulates and bundle size by part',
    'download': 'fetch released weights from the model hub, check and convert them',
    'convert': 'turn a checkpoint of EfficientSAM3 into weights that export reads',
    'export': 'make a bundle for the robot from weights, checked against torch',
    'doctor': 'what is installed, what works, what is missing and how to mend it',
}
"""Verb to its summary; a verb is the module of that name in this package.

A verb module offers ``EXAMPLES`` (text for its help), ``add_arguments(parser)`` and
``run(arguments) -> int`` (the exit code).
"""

EXTRAS = {
    'scipy': 'eval',
    'huggingface_hub': 'hub',
    'openvino': 'openvino',
    'transformers': 'train',
    **dict.fromkeys(('torch', 'timm', 'safetensors', 'onnx', 'onnxscript', 'onnxslim'), 'export'),
}
"""Library to the extra that brings it; all others come with the simulator."""

USER_ERROR = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; return its exit code (2 for a user's error, 130 when interrupted)."""
    words = list(sys.argv[1:] if argv is None else argv)
    verb = next((word for word in words if not word.startswith('-')), None)
    if verb not in VERBS:
        _overview().parse_args(words)
        _overview().print_help()
        return USER_ERROR
    debug = '--debug' in words
    module = import_module(f'efficientsam3_ros.cli.{verb}')
    arguments = _parser(verb, module).parse_args(words[words.index(verb) + 1 :])
    try:
        return int(module.run(arguments))
    except KeyboardInterrupt:
        print('interrupted', file=sys.stderr)
        return INTERRUPTED
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        if debug:
            raise
        print(f'error: {_one_line(error)}', file=sys.stderr)
        return USER_ERROR


def _overview() -> argparse.ArgumentParser:
    """Return the parser that knows the verbs by name only."""
    width = max(map(len, VERBS)) + 2
    listing = '\n'.join(f'  {verb:{width}}{summary}' for verb, summary in VERBS.items())
    parser = argparse.ArgumentParser(
        prog='efficientsam3',
        description='Segment and track anything a robot is told in words.',
        epilog=f'verbs:\n{listing}\n\n"efficientsam3 VERB --help" tells more and gives examples.',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('verb', choices=VERBS, metavar='VERB', nargs='?', help='what to do')
    parser.add_argument('--version', action='version', version=__version__)
    return parser


def _parser(verb: str, module: ModuleType) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f'efficientsam3 {verb}',
        description=f'{VERBS[verb][0].upper()}{VERBS[verb][1:]}.',
        epilog=f'examples:\n{module.EXAMPLES}',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    parser.add_argument('--debug', action='store_true', help='show where an error came from')
    return parser


def _one_line(error: Exception) -> str:
    # Where nothing goes wrong, nothing of the package is loaded before its verb is known.
    from efficientsam3_ros.core.one_line import one_line

    text = one_line(error)
    if isinstance(error, ModuleNotFoundError):
        extra = EXTRAS.get((error.name or '').split('.')[0], 'sim')
        return f'{text}. Install it: pip install "efficientsam3_ros[{extra}]".'
    return text


if __name__ == '__main__':
    sys.exit(main())
