"""The table of a proof, and what was expected of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
import math
from pathlib import Path

from efficientsam3_ros.core.writing.atomic import write_json, write_text
from efficientsam3_ros.evaluation.run.text_table import text_table
from training.proof.figures import METRICS, Figure, Scores, difference, figure_of
from training.proof.plan import TEACHER, Expectation, ProofPlan
from training.proof.rows import SCORES, Rows

TABLE, NUMBERS = 'table.md', 'table.json'
_NOTE = (
    'Drawn icons, small networks, micro figures: comparable with one another alone. In '
    'brackets the 95 % bootstrap interval over scenes, all seeds together.'
)


@dataclass(frozen=True)
class Verdict:
    """What became of an expectation.

    Attributes:
        expected: In words.
        found: Both figures in words; empty where a row is missing.
        margin: By how much it is met, negative where it is not; None where a row is missing.
        met: Whether it is; None where a row is missing.
    """

    expected: str
    found: str
    margin: Figure | None
    met: bool | None


@dataclass(frozen=True)
class Table:
    """All figures of a proof.

    Attributes:
        figures: Row to metric to figure; None what was not scored.
        seconds: Row to the mean time of its trainings.
        seeds: Row to how many seeds were scored.
        verdicts: In the order of the plan.
    """

    figures: Mapping[str, Mapping[str, Figure | None]]
    seconds: Mapping[str, float]
    seeds: Mapping[str, int]
    verdicts: Sequence[Verdict]


def collect(plan: ProofPlan, out: Path) -> Table:
    """Read what is scored so far.

    Raises:
        ConfigError: If a file is damaged.
    """
    scores = {name: _scores(plan, out, name) for name in (TEACHER, *plan.rows)}
    scores = {name: found for name, found in scores.items() if found}
    return Table(
        figures={n: {m: figure_of(s, m) for m in METRICS} for n, s in scores.items()},
        seconds={n: sum(each.seconds for each in s) / len(s) for n, s in scores.items()},
        seeds={n: len(s) for n, s in scores.items()},
        verdicts=[_verdict(each, scores) for each in plan.expected],
    )


def write_table(table: Table, out: Path, name: str) -> str:
    """Write the table as Markdown and JSON; return the Markdown."""
    titles = [metric.title for metric in METRICS.values()]
    rows = [
        [row, str(table.seeds[row]), f'{table.seconds[row] / 60:.0f}', *map(shown, own.values())]
        for row, own in table.figures.items()
    ]
    parts = [f'# {name}', _NOTE, text_table([['row', 'seeds', 'minutes', *titles], *rows], 1)]
    if table.verdicts:
        head = ['expected', 'found', 'margin', 'met']
        told = [[v.expected, v.found, shown(v.margin), _word(v.met)] for v in table.verdicts]
        parts.append(text_table([head, *told], 2))
    text = '\n\n'.join(parts) + '\n'
    write_text(out / TABLE, text)
    write_json(out / NUMBERS, _plain(asdict(table)))
    return text


def shown(figure: Figure | None) -> str:
    """Return a figure with its interval in words; a dash where there is none."""
    if figure is None:
        return '-'
    value = f'{figure.value:.4g}'
    if math.isnan(figure.low):
        return value
    return f'{value} [{figure.low:.4g}, {figure.high:.4g}]'


def in_words(expected: Expectation) -> str:
    """Return an expectation as a sentence's half."""
    title = METRICS[expected.metric].title
    share = '' if expected.share == 1 else f'{expected.share:g} x '
    margin = f' + {expected.margin:g}' if expected.margin else ''
    beyond = ', beyond the interval' if expected.beyond_interval else ''
    return f'{title}: {expected.row} >= {share}{expected.than}{margin}{beyond}'


def _scores(plan: ProofPlan, out: Path, name: str) -> list[Scores]:
    seeds = plan.seeds[:1] if name == TEACHER else plan.seeds
    paths = [Rows(plan, out, seed).place(name) / SCORES for seed in seeds]
    return [Scores.read(path) for path in paths if path.is_file()]


def _verdict(expected: Expectation, scores: Mapping[str, list[Scores]]) -> Verdict:
    words, pair = in_words(expected), (expected.row, expected.than)
    if not all(name in scores for name in pair):
        return Verdict(words, '', None, None)
    own, than = (scores[name] for name in pair)
    margin = difference(own, than, expected.metric, expected.share, expected.margin)
    if margin is None:
        return Verdict(words, 'not scored', None, None)
    found = [shown(figure_of(each, expected.metric)) for each in (own, than)]
    met = margin.low > 0 if expected.beyond_interval else margin.value >= 0
    return Verdict(words, ' against '.join(found), margin, met)


def _word(met: bool | None) -> str:
    return {True: 'yes', False: 'NO', None: 'not yet'}[met]


def _plain(value: object) -> object:
    """Return what JSON can hold: NaN is null."""
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
