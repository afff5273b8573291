"""Two runs side by side: paired, regressions first, nothing compared that cannot be."""

from __future__ import annotations

from dataclasses import replace
import math

from evaluation_examples import example_counts, example_results, joined
import pytest

from efficientsam3_ros.evaluation.compare import comparison
from efficientsam3_ros.evaluation.compare.comparison import paired_differences
from efficientsam3_ros.evaluation.compare.difference import PairedDifference, by_verdict, verdict
from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts
from efficientsam3_ros.evaluation.metrics.region_boundary import RegionBoundaryCounts
from efficientsam3_ros.evaluation.scoring.intervals import intervals
from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts
from efficientsam3_ros.evaluation.typed_json import to_data

NAMES = 'A', 'B'
DRAWS = 200
EASY_AND_HARD = [0.1, 0.3, 0.5, 0.7, 0.9, 0.2, 0.4, 0.6]


def compare(first, second, names):
    return comparison.compare(first, second, names, draws=40)


def changed(results, name, **values):
    parts = dict(results.sequences)
    parts[name] = replace(parts[name], **values)
    return joined(replace(results, sequences=parts))


def scored(results, name, quality):
    counts = example_counts(7, quality, 300)
    return changed(results, name, counts=counts, metrics=Metrics.of(counts))


@pytest.fixture(scope='module')
def base():
    return example_results(6)


def test_a_run_beside_itself_differs_in_nothing(base):
    same = compare(base, base, NAMES)
    assert same.changes == ()
    assert same.left_out == {}
    assert {said for _, _, said in by_verdict(same.total)} == {'same'}


def test_the_total_is_that_of_summed_counts(base):
    better = example_results(6, quality=0.93)
    total = compare(base, better, NAMES).total
    assert total['cgf1'].first == pytest.approx(base.total.cgf1)
    assert total['cgf1'].change.value == pytest.approx(better.total.cgf1 - base.total.cgf1)
    assert total['cgf1'].change.low > 0
    assert verdict('cgf1', total['cgf1']) == 'better'
    assert verdict('misses', total['misses']) == 'better'
    assert total['misses'].change.value < 0


def test_swapping_the_runs_turns_the_signs(base):
    other = example_results(6, quality=0.93)
    there, back = compare(base, other, NAMES), compare(other, base, NAMES)
    for name, item in there.total.items():
        assert back.total[name].change.value == pytest.approx(-item.change.value, abs=1e-12)


def test_regressions_come_first(base):
    mixed = scored(scored(base, 'table-03', 0.4), 'table-00', 0.95)
    result = compare(base, mixed, NAMES)
    order = list(result.sequences)
    assert order[0] == 'table-03'
    assert order[-1] == 'table-00'


def test_clear_regressions_precede_doubtful_ones_and_gains():
    a = example_results(6)
    b = example_results(6, quality=0.8)
    words = [said for _, _, said in by_verdict(compare(a, b, NAMES).total)]
    assert words[0] == 'worse'
    assert 'worse' not in words[words.count('worse') :]


def test_a_change_in_one_of_many_sequences_is_not_called_sure(base):
    worse = scored(base, 'table-00', 0.5)
    item = compare(base, worse, NAMES).total['cgf1']
    assert item.change.value < 0 <= item.change.high
    assert verdict('cgf1', item) == 'perhaps worse'


def test_latency_is_compared_over_the_same_sequences(base):
    times = {
        name: replace(item, p95_ms=item.p95_ms + 5) for name, item in base.timing.sequences.items()
    }
    slower = replace(base, timing=replace(base.timing, sequences=times))
    item = compare(base, slower, NAMES).total['p95_ms']
    assert item.change.value == pytest.approx(5)
    assert verdict('p95_ms', item) == 'worse'


def test_concepts_are_compared_one_by_one(base):
    parts = {}
    for name, item in base.sequences.items():
        figures = dict(item.concept_metrics)
        figures['bowl'] = replace(figures['bowl'], cgf1=figures['bowl'].cgf1 - 0.2)
        parts[name] = replace(item, concept_metrics=figures)
    concepts = compare(base, replace(base, sequences=parts), NAMES).concepts
    assert next(iter(concepts)) == 'bowl'
    assert concepts['bowl']['cgf1'].change.value == pytest.approx(-0.2)
    assert concepts['bowl']['cgf1'].change.high < 0
    assert concepts['red mug']['cgf1'].change.value == 0


@pytest.mark.parametrize(
    ('values', 'reason'),
    [
        ({'digest': 'ff' * 32}, 'other content'),
        ({'frames': 299}, '300 and 299 frames'),
        ({'truth': 'objects'}, 'ground truth concepts and objects'),
        ({'concepts': ('cup',)}, 'concepts'),
    ],
)
def test_another_question_is_named_and_left_out(base, values, reason):
    result = compare(base, changed(base, 'table-02', **values), NAMES)
    assert reason in result.left_out['table-02']
    assert 'table-02' not in result.sequences
    assert len(result.sequences) == 5


def test_sequences_of_one_run_only_and_failed_ones_are_named(base):
    parts = dict(base.sequences)
    del parts['table-05']
    other = joined(replace(base, sequences=parts, failed={'table-09': 'no images'}))
    left_out = compare(base, other, NAMES).left_out
    assert left_out['table-05'] == 'not in the second run'
    assert 'no images' in left_out['table-09']


def test_nothing_in_common_is_refused_with_the_reason(base):
    parts = {name: replace(item, digest='ff' * 32) for name, item in base.sequences.items()}
    with pytest.raises(ValueError, match=r'no sequence that can be compared.*other content'):
        compare(base, replace(base, sequences=parts), NAMES)


def test_what_was_run_differently_is_told(base):
    config = replace(
        base.config, threshold=0.4, bundle_digest='aa' * 32, tracker={'birth_score': 0.7},
        concepts=('cup',), mode='every_frame',
    )  # fmt: skip
    changes = compare(base, replace(base, config=config), NAMES).changes
    assert 'threshold: 0.5 → 0.4' in changes
    assert 'bundle digest: 5f5f5f5f5f5f → aaaaaaaaaaaa' in changes
    assert 'tracker birth_score: 0.5 → 0.7' in changes
    assert 'tracker lost_frames: 30 → none' in changes
    assert 'mode: realtime → every_frame' in changes
    assert 'concepts: () → (cup)' in changes


def test_settings_left_to_the_bundle_in_both_runs_are_no_difference(base):
    runs = [replace(base, config=replace(base.config, tracker={'gate': float('nan')}))] * 2
    runs[1] = replace(runs[1], config=replace(base.config, tracker={'gate': float('nan')}))
    assert compare(*runs, NAMES).changes == ()


def test_without_truth_only_label_free_figures_are_compared():
    free = example_results(3, truth='none')
    total = compare(free, free, NAMES).total
    assert 'temporal_iou' in total
    assert 'cgf1' not in total


def test_a_figure_that_vanished_is_a_regression(base):
    none = replace(base.sequences['table-00'].counts.masks, objects=0)
    gone = base
    for name, item in base.sequences.items():
        gone = changed(gone, name, counts=replace(item.counts, masks=none))
    item = compare(base, gone, NAMES).total['jf']
    assert verdict('jf', item) == 'undefined in B'


def test_the_result_is_plain_json(base):
    data = to_data(compare(base, example_results(6, quality=0.8), NAMES))
    assert data['total']['cgf1']['change'].keys() == {'value', 'low', 'high'}
    assert set(data['total']) <= set(METRIC_INFO)


def counts(*scores: float) -> list[SequenceCounts]:
    return [
        SequenceCounts(
            masks=RegionBoundaryCounts(score, score, 0.0, 1), overlap=OverlapCounts(score, 1)
        )
        for score in scores
    ]


def test_pairing_finds_a_small_steady_gain_that_single_intervals_would_hide():
    better = [score + 0.02 for score in EASY_AND_HARD]
    found = paired_differences(counts(*EASY_AND_HARD), counts(*better), DRAWS)
    change = found['jf'].change
    assert (change.value, change.low, change.high) == pytest.approx((0.02, 0.02, 0.02))
    assert found['miou'].change.is_clear
    alone = [intervals(counts(*scores), ['jf'], DRAWS)['jf'] for scores in (EASY_AND_HARD, better)]
    assert alone[0][1] > alone[1][0]


def test_pair_of_one_sequence_has_a_value_but_no_interval():
    found = paired_differences(counts(0.5), counts(0.4))['jf'].change
    assert found.value == pytest.approx(-0.1)
    assert math.isnan(found.low)


def test_difference_is_clear_if_its_interval_leaves_out_zero():
    assert PairedDifference(0.2, 0.1, 0.3).is_clear
    assert not PairedDifference(0.2, -0.1, 0.3).is_clear
    assert not PairedDifference(0.2, math.nan, math.nan).is_clear
