"""What became of every key of a conversion, as a table and as an error message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from efficientsam3_ros.model.weights.errors import WeightsError
from efficientsam3_ros.model.weights.keys.parts import by_part
from efficientsam3_ros.model.weights.layouts import Source

_EXAMPLES = 3


@dataclass
class Report:
    """Account of every key; keys are canonical.

    Attributes:
        sources: The files, later ones over earlier ones.
        used: Key to the name of the file that it was taken from.
        unused: Key to the reason why a student leaves it.
        unexpected: Keys that no rule speaks of.
        missing: Keys that the network needs and no file holds.
        mismatched: Key to a sentence on its shape.
        not_finite: Keys whose numbers are not finite.
    """

    sources: Sequence[Source] = ()
    used: dict[str, str] = field(default_factory=dict)
    unused: dict[str, str] = field(default_factory=dict)
    unexpected: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    mismatched: dict[str, str] = field(default_factory=dict)
    not_finite: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether the weights may be used."""
        return not (self.missing or self.unexpected or self.mismatched or self.not_finite)

    def complaint(self) -> str:
        """Say in words what is wrong, by part, with the remedy."""
        lines = [
            *_groups(self.missing, 'missing'),
            *_groups(self.unexpected, 'unknown'),
            *_groups(list(self.mismatched), 'of another shape', self.mismatched),
            *_groups(self.not_finite, 'not finite numbers'),
        ]
        advice = []
        if self.missing:
            advice.append('add a file that holds what is missing with --base FILE')
        if self.unexpected:
            advice.append('check that every file is of this network and complete')
        if self.mismatched:
            advice.append('use files of one and the same student')
        if self.not_finite:
            advice.append('take an earlier checkpoint, this one diverged')
        text = ' '.join(lines)
        return f'{text} Nothing was written: {"; ".join(advice)}.'

    def table(self) -> str:
        """Return the account as text, one line a part."""
        lines = [f'{"file":40} {"keys":>6}  layout']
        for source in self.sources:
            file = source.checkpoint
            lines.append(f'{source.name:40.40} {len(file.tensors):6}  {source.layout.value}')
            if file.extras:
                lines.append(f'{"":47}  besides weights: {", ".join(file.extras)}')
        lines += ['', f'{"part":40} {"keys":>6}  taken from']
        for part, keys in by_part(self.used).items():
            origins = ', '.join(dict.fromkeys(self.used[key] for key in keys))
            lines.append(f'{part:40} {len(keys):6}  {origins}')
        lines += ['', f'{"left out":40} {"keys":>6}  reason']
        for reason in dict.fromkeys(self.unused.values()):
            keys = [key for key, why in self.unused.items() if why == reason]
            for part, group in by_part(keys).items():
                lines.append(f'{part:40} {len(group):6}  {reason}')
        for word, keys in (
            ('missing', self.missing),
            ('unknown', self.unexpected),
            ('not finite', self.not_finite),
        ):
            for part, group in by_part(keys).items():
                lines.append(f'{part:40} {len(group):6}  {word.upper()}: {_some(group)}')
        for key, sentence in self.mismatched.items():
            lines.append(f'{key:40} {"":6}  SHAPE: {sentence}')
        return '\n'.join(lines)


class IncompleteError(WeightsError):
    """Files that do not make a whole student.

    Args:
        report: The account of every key.
    """

    def __init__(self, report: Report) -> None:
        super().__init__(report.complaint())
        self.report = report


def _groups(
    keys: Sequence[str], word: str, sentences: Mapping[str, str] | None = None
) -> list[str]:
    lines = []
    for part, group in by_part(keys).items():
        verb = 'is' if len(group) == 1 else 'are'
        noun = 'key' if len(group) == 1 else 'keys'
        shown = _some(group if sentences is None else [f'{k} {sentences[k]}' for k in group])
        place = '' if part == 'stray keys' else f' of the {part}'
        lines.append(f'{len(group)} {noun}{place} {verb} {word}: {shown}.')
    return lines


def _some(names: Sequence[str]) -> str:
    rest = len(names) - _EXAMPLES
    return ', '.join(names[:_EXAMPLES]) + (f' and {rest} more' if rest > 0 else '')
