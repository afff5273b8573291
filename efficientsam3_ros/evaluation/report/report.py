"""The report of one evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from efficientsam3_ros.evaluation.report.calibration import (
    calibration_charts,
    seen_objects,
    sum_scores,
)
from efficientsam3_ros.evaluation.report.markup import Html, counted, tag
from efficientsam3_ros.evaluation.report.page import document, save
from efficientsam3_ros.evaluation.report.sequences import sequence_sections, sequence_table
from efficientsam3_ros.evaluation.report.summary import summary
from efficientsam3_ros.evaluation.results import RunResults


def write_report(results: RunResults, pictures: Mapping[str, Sequence[bytes]], path: Path) -> None:
    """Write one HTML file that needs nothing else.

    Charts are SVG of our own: a plotting library would follow neither the reader's dark mode nor
    a narrow screen, and would be the largest dependency of an evaluation.

    Args:
        results: What was measured.
        pictures: Sequence name to PNG or JPEG files of its worst frames, in their order.
        path: New file; replaced where it exists.
    """
    save(report_page(results, pictures), path)


def report_page(results: RunResults, pictures: Mapping[str, Sequence[bytes]]) -> Html:
    """Return the page that ``write_report`` writes."""
    title = f'Evaluation of {results.config.bundle}'
    frames = sum(item.frames for item in results.sequences.values())
    line = f'{counted(len(results.sequences), "sequence")}, {counted(frames, "frame")}'
    return document(
        title,
        tag('h1', title), tag('p', line, class_='soft'), summary(results),
        tag('h2', 'Sequences'), sequence_table(results),
        tag('p', 'Scores are points (0 to 100). A click on the head of a column sorts; the total '
            'sums counts over sequences and is no mean of the rows.', class_='caption'),
        _overall(results),
        tag('h2', 'Sequence by sequence'), sequence_sections(results, pictures),
    )  # fmt: skip


def _overall(results: RunResults) -> list[object]:
    """Return the calibration of all sequences together where there is more than one."""
    items = results.sequences.values()
    scores = sum_scores([item.scores for item in items])
    if len(results.sequences) < 2 or not scores.true:
        return []
    objects = sum(seen_objects(item.per_frame) for item in items)
    charts = calibration_charts(scores, objects, results.config.threshold)
    return [tag('h2', 'What a score is worth'), tag('div', charts, class_='charts')]
