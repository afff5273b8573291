"""``efficientsam3 convert``: a local checkpoint to weights that ``export`` reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cyclopts import App, Group, Parameter

from efficientsam3_ros.cli.support.options import OutputOptions
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.core.writing.result_marker import ResultKind

if TYPE_CHECKING:
    from efficientsam3_ros.model.weights.conversion import Conversion
    from efficientsam3_ros.model.weights.store import WeightsInfo

EXAMPLES = """\
examples:
  efficientsam3 convert efficient_sam3_tinyvit_11m_mobileclip_s1.pth --context 32 --out es_tv_m
  efficientsam3 convert efficientsam3_efficientvit.pt --out es_ev_m \\
      --base efficient_sam3_efficientvit-b1_mobileclip_s1.pth --report
  efficientsam3 convert image_encoder.pth --base sam3.pt --base text_encoder.pth --out mine
  efficientsam3 export es_ev_m --weights es_ev_m"""


app = App(name='convert', help_epilogue=EXAMPLES)


@Parameter(name='*', group=Group('Conversion', sort_key=3))
@dataclass(frozen=True, kw_only=True)
class ConversionOptions:
    """What the user knows of a checkpoint, compared with what the file holds; what is kept.

    Attributes:
        variant: Student, e.g. es_ev_m; read off the file if absent.
        text: Text encoder; read off the file if absent.
        context: Tokens of the text encoder's training; read off the file where it says so.
        report: Print what became of every key.
        keep_tracker: Store SAM 3's tracker as well, if there is one.
    """

    variant: str | None = None
    text: Literal['s0', 's1', 'l'] | None = None
    context: Literal[16, 32] | None = None
    report: bool = False
    keep_tracker: bool = False


@app.default
def run(
    file: Path,
    /,
    *,
    base: tuple[Path, ...] = (),
    output: OutputOptions,
    conversion: ConversionOptions = ConversionOptions(),
) -> int:
    """Convert and store.

    Args:
        file: Checkpoint: .pt, .pth or .safetensors.
        base: Checkpoint that fills gaps of the file (merged, LiteText, SAM 3); may be repeated,
            later ones lie over earlier ones.
        output: Where the weights go.
        conversion: What is known and kept.
    """
    from efficientsam3_ros.model.weights.conversion import convert
    from efficientsam3_ros.model.weights.report import IncompleteError
    from efficientsam3_ros.model.weights.store import save_converted

    out = output.checked((file, *base), ResultKind.WEIGHTS)
    try:
        converted = convert(
            file,
            base,
            variant=conversion.variant,
            text=conversion.text,
            context=conversion.context,
        )
    except IncompleteError as error:
        if conversion.report:
            print(error.report.table(), end='\n\n')
        raise
    if conversion.report:
        print(converted.report.table(), end='\n\n')
    with replacing(out) as part:
        info = save_converted(converted, part, conversion.keep_tracker)
    _say(info, converted, output.out)
    return 0


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
