"""``efficientsam3 compare``: what changed between two evaluations, and is it sure."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
import json
from pathlib import Path
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from efficientsam3_ros.evaluation.compare.comparison import Comparison
    from efficientsam3_ros.evaluation.compare.conditions import Condition

EXAMPLES = """\
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument('first', type=Path, metavar='A', help='results.json or its folder: before')
    parser.add_argument('second', type=Path, metavar='B', help='results.json or its folder: after')
    parser.add_argument(
        '--fail-if',
        action='append',
        default=[],
        metavar='CONDITION',
        help='exit with 1 if true, e.g. "cgf1 < -0.5"; may be repeated',
    )
    parser.add_argument('--html', type=Path, metavar='FILE', help='write a page with charts')
    parser.add_argument('--json', action='store_true', help='print exact figures as JSON')
    parser.add_argument(
        '--all', action='store_true', help=f'print every sequence, not {_ROWS} at most'
    )


def run(arguments: argparse.Namespace) -> int:
    """Compare, print, judge."""
    from efficientsam3_ros.cli.comparison_text import comparison_text
    from efficientsam3_ros.evaluation.compare.comparison import compare
    from efficientsam3_ros.evaluation.compare.conditions import Condition
    from efficientsam3_ros.evaluation.results import RunResults

    # Read first: a misspelt condition must not be found after the work.
    conditions = [Condition.parse(text) for text in arguments.fail_if]
    runs = [RunResults.load(path) for path in (arguments.first, arguments.second)]
    comparison = compare(runs[0], runs[1], (str(arguments.first), str(arguments.second)))
    if arguments.html:
        from efficientsam3_ros.evaluation.report import write_comparison

        write_comparison(comparison, arguments.html)
    if arguments.json:
        print(_json(comparison, conditions))
    else:
        print(comparison_text(comparison, None if arguments.all else _ROWS))
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
    from efficientsam3_ros.evaluation.typed_json import to_data

    data = to_data(comparison)
    data['fail_if'] = {item.text: item.holds(comparison.total) for item in conditions}
    return json.dumps(data, indent=1, ensure_ascii=False)
