"""Verify a pack of real pictures; docs/real_data.md tells of its layout and sources.

Examples:
  python -m training.data.real_pack --check data/real
  python -m training.data.real_pack --check data/real --whole
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
import sys

from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from training.data.real_pack.check import PartReport, Probe, check_part
from training.data.real_pack.contents import CONTENTS, Part, read_contents
from training.settings.command_line import Count, run_command

FAULTY = 1


def check_pack(
    *, check: Path, samples: Count = 40, whole: bool = False, contents: Path = CONTENTS
) -> int:
    """Check layout, counts, checksums of annotations, and samples; return the exit code.

    Args:
        check: Folder of the pack.
        samples: Pictures, scenes and meshes of each part that are read.
        whole: Read all of them.
        contents: YAML file that tells what the pack must hold.
    """
    parts = read_contents(contents)
    if not check.is_dir():
        raise ValueError(f'{check} is no folder; name the folder of the pack.')
    reports = [_checked(check, part, None if whole else samples) for part in parts]
    console = Console()
    console.print(_table(reports))
    for report in reports:
        for line in _told(report):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    sound = sum(report.sound for report in reports)
    print(f'{sound} of {len(reports)} parts are whole.')
    return 0 if sound == len(reports) else FAULTY


def _checked(root: Path, part: Part, samples: int | None) -> PartReport:
    console = Console(stderr=True)

    def bar(probes: Sequence[Probe]) -> Iterable[Probe]:
        return track(
            probes, part.name, console=console, transient=True, disable=not console.is_terminal
        )

    return check_part(root, part, samples, bar)


def _table(reports: Iterable[PartReport]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for name in ('part', 'state'):
        table.add_column(name, no_wrap=True)
    for name in ('files', 'read'):
        table.add_column(name, justify='right', no_wrap=True)
    table.add_column('use')
    for report in reports:
        part = report.part
        state = 'whole' if report.sound else ('differs' if report.present else 'missing')
        table.add_row(part.name, state, str(report.files), str(report.read), part.use)
    return table


def _told(report: PartReport) -> list[str]:
    """Return the faults of a part and, if it is missing, where it comes from."""
    part = report.part
    if report.present:
        return [f'{part.name}: {fault}' for fault in report.faults]
    return [
        f'{part.name}: missing: {part.what}.',
        f'  source:  {part.source}',
        f'  licence: {part.licence}',
        '  docs/real_data.md tells how the part is made of it.',
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    return run_command('training.data.real_pack', __doc__, check_pack, argv)


if __name__ == '__main__':
    sys.exit(main())
