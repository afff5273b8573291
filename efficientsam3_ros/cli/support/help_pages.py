"""How ``--help`` is laid out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import define, evolve
from cyclopts.help import DefaultFormatter

if TYPE_CHECKING:
    from cyclopts.help import HelpEntry, HelpPanel
    from rich.console import Console, ConsoleOptions

FOLDED = 'Tracker settings'
"""Title of the group that ``--help`` mentions and ``--help-all`` prints."""


@define(kw_only=True)
class HelpPages(DefaultFormatter):
    """The library's panels, with one long group folded.

    Attributes:
        unfold: Whether to print that group, too.
    """

    unfold: bool = False

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Print one panel."""
        if panel.title == FOLDED and not self.unfold:
            console.print(f'{FOLDED}: {len(panel.entries)} options, listed by --help-all')
            return
        entries = [_tidy(entry) for entry in panel.entries]
        DefaultFormatter.__call__(self, console, options, panel.copy(entries=entries))


def _tidy(entry: HelpEntry) -> HelpEntry:
    """Join the lines of a docstring; show no default of a flag that is off, nor of nothing."""
    text = entry.description.primary_renderable
    text.plain = ' '.join(text.plain.split())
    default = entry.default if entry.default not in ('False', '()') else None
    if default and default.startswith('('):
        default = re.sub(r"[(),']", '', default)
    return evolve(entry, default=default)
