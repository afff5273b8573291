"""``efficientsam3 convert``: a local checkpoint to weights that ``export`` reads."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from efficientsam3_ros.cli.support.options import fresh

if TYPE_CHECKING:
    from efficientsam3_ros.model.weights.conversion import Conversion, Request
    from efficientsam3_ros.model.weights.store import WeightsInfo

EXAMPLES = """\
  efficientsam3 convert efficient_sam3_tinyvit_11m_mobileclip_s1.pth --context 32 --out es_tv_m
  efficientsam3 convert efficientsam3_efficientvit.pt --out es_ev_m \\
      --base efficient_sam3_efficientvit-b1_mobileclip_s1.pth --report
  efficientsam3 convert image_encoder.pth --base sam3.pt --base text_encoder.pth --out mine
  efficientsam3 export es_ev_m --weights es_ev_m"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument('file', type=Path, help='checkpoint: .pt, .pth or .safetensors')
    parser.add_argument('--out', type=Path, required=True, help='folder for the weights')
    parser.add_argument(
        '--base',
        type=Path,
        action='append',
        default=[],
        metavar='FILE',
        help='checkpoint that fills gaps of the file (merged, LiteText, SAM 3); may be repeated, '
        'later ones lie over earlier ones',
    )
    add_expectations(parser)
    parser.add_argument('--report', action='store_true', help='print what became of every key')
    parser.add_argument(
        '--keep-tracker',
        action='store_true',
        help="store SAM 3's tracker as well, if there is one",
    )
    parser.add_argument('--force', action='store_true', help='replace an existing --out')


def add_expectations(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Offer what the user may know of a checkpoint; it is compared with what the file holds."""
    parser.add_argument('--variant', help='student, e.g. es_ev_m (read off the file)')
    parser.add_argument(
        '--text', choices=('s0', 's1', 'l'), help='text encoder (read off the file)'
    )
    parser.add_argument(
        '--context',
        type=int,
        choices=(16, 32),
        help='tokens with which the text encoder was trained (read off the file where it says so)',
    )


def expectations(arguments: argparse.Namespace) -> Request:
    """Return what :func:`add_expectations` read."""
    from efficientsam3_ros.model.weights.conversion import Request

    return Request(arguments.variant, arguments.text, arguments.context)


def run(arguments: argparse.Namespace) -> int:
    """Convert and store."""
    convert_and_store(arguments.file, arguments.base, expectations(arguments), arguments)
    return 0


def convert_and_store(
    file: Path, bases: Sequence[Path], request: Request, arguments: argparse.Namespace
) -> None:
    """Convert, write the result to ``--out`` and say what was written."""
    from efficientsam3_ros.model.weights.conversion import convert
    from efficientsam3_ros.model.weights.report import IncompleteError
    from efficientsam3_ros.model.weights.store import save_converted

    try:
        conversion = convert(file, bases, request)
    except IncompleteError as error:
        if arguments.report:
            print(error.report.table(), end='\n\n')
        raise
    if arguments.report:
        print(conversion.report.table(), end='\n\n')
    out = fresh(arguments.out, arguments.force)
    _say(save_converted(conversion, out, arguments.keep_tracker), conversion, out)


def _say(info: WeightsInfo, conversion: Conversion, out: Path) -> None:
    parameters = sum(tensor.numel() for tensor in conversion.state.values())
    left_out = len(conversion.report.unused)
    print(f'{info.variant}: text encoder {info.text}, {info.context} tokens, '
          f'{parameters / 1e6:.1f} M numbers')  # fmt: skip
    print(f'all keys accounted for: {len(conversion.report.used)} used, {left_out} left out')
    print(f'sha256 {info.sha256}')
    print(f'licence class {info.license}: derived from SAM 3, read its licence before you use it')
    if info.tracker:
        print("SAM 3's tracker is kept: a bundle of these weights has a video memory")
    elif any(key.startswith('tracker.') for key in conversion.tracker):
        print("SAM 3's tracker is left out; --keep-tracker stores it for a video memory")
    print(f'weights in {out}; next: efficientsam3 export {info.variant} --weights {out}')
