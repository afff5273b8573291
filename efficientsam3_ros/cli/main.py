"""Entry of ``efficientsam3``: a cyclopts application that loads only the verb that is asked for.

To add a verb, write ``cli/VERB.py`` (a sub-command of ``benchmark``: ``cli/benchmarks/NAME.py``)::

    EXAMPLES = '''examples:
      efficientsam3 VERB clip.mp4 --out output/clip'''

    app = App(name='VERB', help_epilogue=EXAMPLES)

    @app.default
    def run(
        input: Path,
        /,
        *,
        frames: Annotated[int, at_least(1)] = 100,
        output: OutputOptions,
        engine: EngineOptions = EngineOptions(),
    ) -> int:
        '''Do it; below "Args" stand the help texts of the options, in plain sentences.'''

and name it in ``VERBS`` (or ``BENCHMARKS``). ``run`` returns the exit code; for a user's error it
raises ``OptionError``, which names cause and remedy. Options that several verbs share are frozen
dataclasses in ``cli.support.options``; each is one titled group of the help. Then write the
documentation anew: ``python docs/make_cli_page.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from io import TextIOWrapper
import os
import sys
from typing import Annotated

from cyclopts import App, CycloptsError, Group, Parameter, UnknownCommandError

from efficientsam3_ros import __version__
from efficientsam3_ros.cli.support.help_pages import HelpPages
from efficientsam3_ros.cli.support.typed_words import refuse_misread, with_flag_values
from efficientsam3_ros.interruption import exit_code

VERBS = {
    'demo': 'Simulated camera and tracker as two ROS 2 processes, with pictures and figures',
    'track': 'Find and follow what you name in a video, pictures or a bag',
    'simulate': 'Write a simulated tabletop clip with ground truth as a rosbag2 bag',
    'evaluate': 'Score a bundle on recordings, data sets or simulated scenes',
    'calibrate': 'Choose the detection threshold and presence gate of a bundle on validation data',
    'compare': 'What changed between two evaluations, with confidence intervals',
    'benchmark': 'Live figures of the node; trackers, memories and students side by side',
    'models': 'The nine students: parameters, multiply-accumulates and bundle size by part',
    'download': 'Fetch released weights from the model hub, check and convert them',
    'convert': 'Turn a checkpoint of EfficientSAM3 into weights that export reads',
    'export': 'Make a bundle for the robot from weights, checked against torch',
    'doctor': 'What is installed, what works, what is missing and how to get it',
}
"""Verb to its summary; a verb is the module of that name in this package."""

BENCHMARKS = {
    'live': 'Camera and tracker as two processes, for minutes: rates, latency, memory',
    'arrival': 'How many images of a camera arrive in the tracker node, by size and QoS',
    'tracking': 'Trackers without and with video memory on the same suite',
    'memory': 'What a frame costs with dense and with Perceiver memory',
    'endurance': 'Whether a long run costs what a short one does',
    'network': "Our necks and engines against upstream's layout in torch",
    'cold-start': 'From process start to the first mask',
    'rendering': 'Frames a second of the simulator by pack, and whether seeds repeat',
    'grasps': 'Whether masks lead to grasps that hold: attempts in the simulated tabletop',
    'objects': 'Camera, tracker and objects node: clouds and boxes against the simulated truth',
    'outputs': 'What each output of the objects node costs, by size of the image',
    'clouds': 'Masks, point clouds and boxes of things on real RGB-D scenes',
    'domain-gap': 'How far renderings are from real pictures in color, contrast and edges',
}
"""Sub-command of ``benchmark`` to its summary; each is a module of ``cli.benchmarks``."""

EXTRAS = {
    'pycocotools': 'eval',
    'pypcd4': 'cloud',
    'scipy': 'eval',
    'yaml': 'eval',
    'huggingface_hub': 'hub',
    'openvino': 'openvino',
    'transformers': 'train',
    'mujoco': 'sim',
    **dict.fromkeys(('torch', 'timm', 'safetensors', 'onnx', 'onnxscript', 'onnxslim'), 'export'),
    **dict.fromkeys(('cattrs', 'bokeh', 'jinja2'), 'eval'),
}
"""Library to the extra that brings it."""

_PACKAGES = {'cv2': 'opencv-python-headless', 'PIL': 'pillow'}

USER_ERROR = 2
NO_READER = 141

_HELP = {'--help', '-h', '--help-all', '--version'}
_WHOLE = ('--help', '-h', '--version', '--debug')


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; return its exit code.

    2 after a user's error, 70 after one of ours, 130 when interrupted, 143 when terminated, 141
    when nobody reads what is printed.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    debug = '--debug' in words
    _print_every_name()
    return exit_code(lambda: _run(words), debug, _told)


def _run(words: list[str]) -> int:
    app = application()
    # Reading the words twice takes a tenth of a second; where it is of no use, once does.
    whole = any(word.startswith(_WHOLE) for word in words)
    try:
        code = app.meta(words) if whole else app(with_flag_values(app, words))
    except BrokenPipeError:
        # Else Python would try to write the rest when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO_READER
    # Where no verb was named, cyclopts prints the help instead.
    return USER_ERROR if code is None and _HELP.isdisjoint(words) else int(code or 0)


def application() -> App:
    """Return the application, no verb loaded yet; call its ``meta`` with the user's words."""
    pages = HelpPages()
    app = App(
        name='efficientsam3',
        help='Segment and track anything a robot is told in words.',
        help_epilogue='"efficientsam3 VERB --help" tells more and gives examples.',
        help_format='plaintext',
        help_formatter=pages,
        version=__version__,
        default_parameter=Parameter(negative_bool=(), negative_iterable=()),
        config=refuse_misread,
        exit_on_error=False,
        print_error=False,
        result_action='return_value',
        suppress_keyboard_interrupt=False,
    )
    for name, summary in VERBS.items():
        if name != 'benchmark':
            app.command(f'{__package__}.{name}:app', name=name, help=summary)
    benchmark = App(name='benchmark', help=VERBS['benchmark'])
    for name, summary in BENCHMARKS.items():
        module = f'{__package__}.benchmarks.{name.replace("-", "_")}'
        benchmark.command(f'{module}:app', name=name, help=summary)
    app.command(benchmark)
    app.meta.suppress_keyboard_interrupt = False

    @app.meta.default
    def launch(
        *words: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
        debug: Annotated[bool, Parameter(group=Group('Errors', sort_key=9))] = False,
        help_all: Annotated[bool, Parameter(show=False)] = False,
    ) -> int | None:
        """Run the verb.

        Args:
            words: The verb and its options.
            debug: Show where an error came from.
            help_all: Print the help with every setting of the tracker.
        """
        if help_all:
            pages.unfold = True
            app.help_print(words)
            return None
        code: int | None = app(with_flag_values(app, words))
        return code

    return app


def _told(error: Exception) -> tuple[str, int]:
    """Return cause and remedy in one line, and the exit code."""
    if isinstance(error, UnknownCommandError) and error.app and error.unused_tokens:
        # The error's own text would load every verb.
        names = [name for name in error.app if not name.startswith('-')]
        near = get_close_matches(error.unused_tokens[0], names, 1)
        hint = f'did you mean {near[0]}?' if near else f'choose one of {", ".join(names)}.'
        return f'There is no "{error.unused_tokens[0]}"; {hint}', USER_ERROR
    cause = error if isinstance(error, ModuleNotFoundError) else error.__cause__
    if isinstance(cause, ModuleNotFoundError) and not isinstance(error, CycloptsError):
        return _missing(cause), USER_ERROR
    # Where nothing goes wrong, nothing of the package is loaded before its verb is known.
    from efficientsam3_ros.core.errors.one_line import one_line
    from efficientsam3_ros.core.errors.report import report

    if isinstance(error, CycloptsError):
        command = ' '.join(('efficientsam3', *(error.command_chain or ())))
        return f'{one_line(error)} See "{command} --help".', USER_ERROR
    return report(error)


def _missing(error: ModuleNotFoundError) -> str:
    """Return what to install; a robot may lack even what every verb needs."""
    from efficientsam3_ros.install_hint import install_hint

    name = (error.name or '').split('.')[0]
    extra = EXTRAS.get(name)
    remedy = install_hint(extra) if extra else f'pip install {_PACKAGES.get(name, name)}'
    return f'{error}. Install it: {remedy}.'


def _print_every_name() -> None:
    """Print names of files that are not UTF-8 with escapes, instead of failing."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors='backslashreplace')


if __name__ == '__main__':
    sys.exit(main())
