"""``efficientsam3 compare``: what changed between two evaluations, and is it sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from json import dumps
import math
from pathlib import Path
import sys
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from efficientsam3_ros.cli.support.console import table
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO, counted

if TYPE_CHECKING:
    from efficientsam3_ros.evaluation.compare.comparison import Comparison
    from efficientsam3_ros.evaluation.compare.conditions import Condition
    from efficientsam3_ros.evaluation.compare.difference import Difference, Differences

EXAMPLES = """\
examples:
  efficientsam3 compare results_old results_new
  efficientsam3 compare results_old results_new --html comparison.html
  efficientsam3 compare main/results.json branch/results.json \\
      --fail-if "cgf1 < -0.5" --fail-if "p95_ms > 10"

conditions:
  METRIC OPERATOR NUMBER is said of B minus A over all compared sequences; operators are
  < <= > >=, scores are in points (0 to 100), latencies in ms. Exit code 1 if one is true, 2 if
  one cannot be judged or the two runs cannot be compared, else 0."""

FAILED = 1
_ROWS = 20
_HEADER = 'metric', 'A', 'B', 'B - A', '95 % interval', ''


app = App(name='compare', help_epilogue=EXAMPLES)


@app.default
def run(
    a: Path,
    b: Path,
    /,
    *,
    fail_if: tuple[str, ...] = (),
    html: Path | None = None,
    force: bool = False,
    json: bool = False,
    every: Annotated[bool, Parameter(name='--all')] = False,
) -> int:
    """Compare, print, judge.

    Args:
        a: The results before: results.json or its folder.
        b: The results after.
        fail_if: Exit with 1 if this condition is true, e.g. "cgf1 < -0.5"; may be repeated.
        html: Write a page with charts.
        force: Replace an earlier page at --html.
        json: Print exact figures as JSON.
        every: Print every sequence, not 20 at most.
    """
    from efficientsam3_ros.evaluation.compare.comparison import compare
    from efficientsam3_ros.evaluation.compare.conditions import Condition
    from efficientsam3_ros.evaluation.results import RunResults
    from efficientsam3_ros.evaluation.typed_json import to_data

    # Read first: a misspelt condition must not be found after the work.
    conditions = [Condition.parse(text) for text in fail_if]
    if html:
        check_output(html, (a, b), force=force, own_file=_is_page)
    runs = [RunResults.load(path) for path in (a, b)]
    comparison = compare(runs[0], runs[1], (str(a), str(b)))
    if html:
        from efficientsam3_ros.core.writing.atomic import write_text
        from efficientsam3_ros.evaluation.report import comparison_page

        write_text(html, comparison_page(comparison))
    if json:
        data = to_data(comparison)
        data['fail_if'] = {item.text: item.holds(comparison.total) for item in conditions}
        print(dumps(data, indent=1, ensure_ascii=False))
    else:
        print(comparison_text(comparison, None if every else _ROWS))
    return _judge(comparison, conditions)


def _is_page(file: Path) -> bool:
    """Return whether a file is a page of ours."""
    with file.open('rb') as page:
        return b'<title>Comparison of two evaluations</title>' in page.read(4096)


def comparison_text(comparison: Comparison, most: int | None) -> str:
    """Return tables of all metrics, of sequences and of concepts.

    Args:
        comparison: What to tell.
        most: Rows of sequences and of concepts at most, None for all.
    """
    from efficientsam3_ros.evaluation.compare.difference import by_verdict, has_accuracy

    parts = [f'A  {comparison.first}\nB  {comparison.second}']
    changes = comparison.changes or ('nothing that the results tell of',)
    parts.append('\n'.join(['Run differently:', *(f'  {line}' for line in changes)]))
    if comparison.left_out:
        lines = [f'  {name}: {why}' for name, why in comparison.left_out.items()]
        parts.append('\n'.join(['NOT compared:', *lines]))
    compared = counted(len(comparison.sequences), 'sequence')
    parts.append(f'{compared} compared; scores in points, latencies in ms')
    rows = [
        (METRIC_INFO[name].label, *_cells(name, item), said)
        for name, item, said in by_verdict(comparison.total)
    ]
    parts.append(table(_HEADER, rows))
    parts.append(_rows('sequence', comparison.sequences, most))
    if comparison.concepts:
        parts.append(_rows('concept', comparison.concepts, most))
    if not has_accuracy(comparison.total):
        parts.append('There is no ground truth: none of these metrics is accuracy.')
    return '\n\n'.join(parts)


def _cells(name: str, item: Difference) -> tuple[str, ...]:
    kind, change = METRIC_INFO[name], item.change
    interval = ''
    if not math.isnan(change.low):
        interval = f'{kind.show(change.low, sign=True)} to {kind.show(change.high, sign=True)}'
    values = kind.show(item.first), kind.show(item.second), kind.show(change.value, sign=True)
    return *values, interval


def _rows(label: str, rows: Mapping[str, Differences], most: int | None) -> str:
    """Return B minus A of the main metrics, the worst regression first."""
    from efficientsam3_ros.evaluation.compare.difference import row_metrics

    names = row_metrics(rows)
    header = [f'{label} (B - A)', *(METRIC_INFO[name].label for name in names)]
    lines = [
        [key, *(_change(name, row.get(name)) for name in names)]
        for key, row in list(rows.items())[:most]
    ]
    text = table(header, lines)
    if most is not None and len(rows) > most:
        text += f'\n... and {len(rows) - most} more that lost less; --all prints them'
    return text


def _change(name: str, item: Difference | None) -> str:
    return METRIC_INFO[name].show(item.change.value if item else None, sign=True)


def _judge(comparison: Comparison, conditions: Sequence[Condition]) -> int:
    """Say which conditions are true; on the error stream, so that JSON stays JSON."""
    true = [condition for condition in conditions if condition.holds(comparison.total)]
    for condition in true:
        change = comparison.total[condition.metric].change
        shown = METRIC_INFO[condition.metric].show(change.value, sign=True)
        print(f'failed: {condition.text} ({condition.metric} changed by {shown})', file=sys.stderr)
    return FAILED if true else 0
