"""``efficientsam3 compare``: what changed between two evaluations, and is it sure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import sys
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

if TYPE_CHECKING:
    from efficientsam3_ros.evaluation.compare.comparison import Comparison
    from efficientsam3_ros.evaluation.compare.conditions import Condition

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


app = App(name='compare', help_epilogue=EXAMPLES)


@app.default
def run(
    a: Path,
    b: Path,
    /,
    *,
    fail_if: tuple[str, ...] = (),
    html: Path | None = None,
    json: bool = False,
    every: Annotated[bool, Parameter(name='--all')] = False,
) -> int:
    """Compare, print, judge.

    Args:
        a: The results before: results.json or its folder.
        b: The results after.
        fail_if: Exit with 1 if this condition is true, e.g. "cgf1 < -0.5"; may be repeated.
        html: Write a page with charts.
        json: Print exact figures as JSON.
        every: Print every sequence, not 20 at most.
    """
    from efficientsam3_ros.cli.comparison_text import comparison_text
    from efficientsam3_ros.evaluation.compare.comparison import compare
    from efficientsam3_ros.evaluation.compare.conditions import Condition
    from efficientsam3_ros.evaluation.results import RunResults

    # Read first: a misspelt condition must not be found after the work.
    conditions = [Condition.parse(text) for text in fail_if]
    runs = [RunResults.load(path) for path in (a, b)]
    comparison = compare(runs[0], runs[1], (str(a), str(b)))
    if html:
        from efficientsam3_ros.core.atomic import write_text
        from efficientsam3_ros.evaluation.report import comparison_page

        write_text(html, comparison_page(comparison))
    if json:
        print(_json(comparison, conditions))
    else:
        print(comparison_text(comparison, None if every else _ROWS))
    return _judge(comparison, conditions)


def _judge(comparison: Comparison, conditions: Sequence[Condition]) -> int:
    """Say which conditions are true; on the error stream, so that JSON stays JSON."""
    from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO

    true = [condition for condition in conditions if condition.holds(comparison.total)]
    for condition in true:
        change = comparison.total[condition.metric].change
        shown = METRIC_INFO[condition.metric].show(change.value, sign=True)
        print(f'failed: {condition.text} ({condition.metric} changed by {shown})', file=sys.stderr)
    return FAILED if true else 0


def _json(comparison: Comparison, conditions: Sequence[Condition]) -> str:
    import json

    from efficientsam3_ros.evaluation.typed_json import to_data

    data = to_data(comparison)
    data['fail_if'] = {item.text: item.holds(comparison.total) for item in conditions}
    return json.dumps(data, indent=1, ensure_ascii=False)
