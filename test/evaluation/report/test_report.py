"""The report: complete, self-contained, escaped, bounded."""

from __future__ import annotations

from dataclasses import replace
import json
import re

from evaluation_examples import example_picture, example_results, joined
from html_page import body, parsed
import pytest

from efficientsam3_ros.evaluation.report import report_page
from efficientsam3_ros.evaluation.scoring.metrics import Metrics

EVIL = '<script>alert(1)</script>"\'&'


def panels(page):
    """Return the charts of each panel as the browser reads them."""
    texts = re.findall(r'<script type="application/json">(.*?)</script>', page)
    return [json.loads(text) for text in texts]


def by_title(panel):
    return {chart['title']: chart for chart in panel}


@pytest.fixture(scope='module')
def results():
    return example_results()


def test_the_page_is_whole_and_asks_for_nothing_outside(results):
    page = report_page(results, {'table-00': [example_picture(0)]})
    tags = parsed(page)
    sources = [a.get('src') or a.get('href') for _, a in tags if 'src' in a or 'href' in a]
    assert sources
    assert all(source.startswith(('data:', '#')) for source in sources)
    assert not re.search(r'https?://|url\(|@import', body(page))
    assert '<link' not in page
    assert 'Bokeh' in page[: page.index('<main>')], 'the library is inside'
    assert any("default-src 'none'" in a.get('content', '') for _, a in tags)


def test_headline_figures_stand_with_intervals_and_settings(results):
    page = body(report_page(results, {}))
    low, high = (f'{100 * end:.1f}' for end in results.intervals_95['cgf1'])
    assert f'95 %: {low} to {high}' in page
    for text in ('cgF1', 'J&amp;F', 'HOTA', 'nano', '5f5f5f5f5f5f', 'realtime', '0.500'):
        assert text in page
    assert 'efficientsam3 evaluate RECORDINGS --bundle nano' in page


def test_every_sequence_has_its_charts_notes_and_worst_frames(results):
    pictures = {'table-01': [example_picture(n) for n in range(5)]}
    page = report_page(results, pictures)
    section = page[page.index('id="s1"') : page.index('id="s2"')]
    charts = by_title(panels(page)[3])
    assert list(charts) == [
        'Mask quality over time', 'Number of objects', 'Track timelines',
        'Scores of true and false instances', 'Precision by score', 'Precision over recall',
        'Latency of a frame', 'Time per stage', 'Frames by outcome',
    ]  # fmt: skip
    assert all(f'<figcaption>{title}</figcaption>' in section for title in charts)
    for chart in charts.values():
        assert any(layer['tips'] for layer in chart['layers']), 'values under the pointer'
    assert 'ends in the middle of a chunk' in section
    assert section.count('data:image/jpeg;base64,') == 5
    assert 'missed bowl, false red mug' in section
    assert '300 received = 278 processed + 22 dropped (20 busy, 2 too old)' in section
    switch = charts['Track timelines']['layers'][-1]
    assert (switch['legend'], switch['data']['object'], switch['data']['track']) == (
        'id switch', ['12'], [4],
    )  # fmt: skip
    assert 'screwdriver' in section[section.index('By concept') :]


def test_words_from_outside_are_escaped(results):
    item = results.sequences['table-00']
    bad = replace(
        item, concepts=(EVIL,), absent=(EVIL,), notes=(EVIL,), source=EVIL, digest=EVIL,
        concept_metrics={EVIL: item.metrics},
        tracks=tuple(replace(track, concept=EVIL) for track in item.tracks),
        worst_frames=tuple(replace(frame, why=EVIL) for frame in item.worst_frames),
    )  # fmt: skip
    config = replace(results.config, bundle=EVIL, concepts=(EVIL,), tracker={EVIL: EVIL})
    timing = replace(
        results.timing,
        sequences={EVIL: replace(results.timing.sequences['table-00'], dropped={EVIL: 3},
                                 stages={EVIL: 1.0})},
    )  # fmt: skip
    page = report_page(
        replace(results, config=config, sequences={EVIL: bad}, timing=timing, failed={EVIL: EVIL}),
        {},
    )
    tags = parsed(page)
    assert '<script>alert' not in page
    assert [name for name, _ in tags].count('script') == 2 + len(panels(page))
    assert not any(key.startswith('on') for _, attributes in tags for key in attributes)


def test_without_truth_the_top_says_that_nothing_is_accuracy():
    page = report_page(example_results(2, truth='none'), {})
    top = page[: page.index('class="tiles"')]
    assert 'There is no ground truth' in top
    assert 'not accuracy' in top
    assert 'temporal IoU' in body(page)
    assert 'cgF1' not in body(page)
    assert 'recision' not in body(page)


def test_the_detector_alone_is_shown_without_metrics_of_tracks(results):
    parts = {}
    for name, item in results.sequences.items():
        counts = item.counts.drop_ids()
        parts[name] = replace(item, counts=counts, metrics=Metrics.of(counts), tracks=(),
                              concept_metrics={'bowl': Metrics.of(counts)},
                              track_timelines=())  # fmt: skip
    config = replace(results.config, detector_alone=True)
    page = report_page(joined(replace(results, sequences=parts, config=config)), {})
    assert 'realtime, detector alone, engine onnxruntime' in body(page)
    assert '--detector-alone' in body(page)
    assert 'mIoU' in body(page)
    for word in ('HOTA', 'AssA', 'id switches'):
        assert f'>{word}<' not in body(page)
    assert panels(page)[0][0]['rows'] == ['cgF1']
    assert 'Track timelines' not in by_title(panels(page)[2])


def test_sequences_without_truth_among_others_are_named(results):
    mixed = dict(results.sequences) | {
        'field': example_results(1, truth='none').sequences['table-00']
    }
    page = report_page(joined(replace(results, sequences=mixed)), {})
    assert '1 of 5 sequences have no ground truth' in page


def test_a_failed_sequence_is_named_with_its_reason(results):
    page = report_page(replace(results, failed={'night': 'no colour images'}), {})
    assert '1 sequence could not be evaluated' in page
    assert 'night</b>: no colour images' in page


def test_nothing_but_failures_is_still_a_report():
    empty = replace(example_results(1), sequences={}, failed={'night': 'no images'})
    empty = replace(empty, timing=replace(empty.timing, sequences={}))
    parsed(report_page(empty, {}))


def test_one_frame_and_one_sequence_draw():
    single = example_results(1)
    item = single.sequences['table-00']
    curves = {name: values[:1] for name, values in vars(item.per_frame).items()}
    item = replace(item, frames=1, per_frame=replace(item.per_frame, **curves), track_timelines=(),
                   worst_frames=item.worst_frames[:1])  # fmt: skip
    parsed(report_page(replace(single, sequences={'table-00': item}), {}))


def test_a_long_run_stays_small_and_says_what_was_cut(results):
    long = example_results(1, frames=40_000)
    item = long.sequences['table-00']
    many = tuple(
        replace(item.track_timelines[0], track=n, first=n, last=n + 5, object=n % 50)
        for n in range(3000)
    )
    names = tuple(replace(item.tracks[0], id=n) for n in range(3000))
    item = replace(item, track_timelines=many, tracks=names)
    page = report_page(replace(long, sequences={'table-00': item}), {})
    assert len(body(page)) < 300_000
    assert '40000 frames drawn as 1000 points' in page
    assert 'Only the 60 longest of 3000 tracks are drawn.' in page


def test_library_and_data_of_a_suite_stay_under_three_megabytes():
    page = report_page(example_results(20, frames=150), {})
    assert len(panels(page)) == 22
    assert len(page.encode()) < 3_000_000


def test_many_sequences_are_cut_to_the_worst_but_all_are_in_the_table(results):
    item = results.sequences['table-00']
    names = [f'bag-{n:03d}' for n in range(100)]
    parts = {name: replace(item, metrics=replace(item.metrics, jf=0.9)) for name in names}
    parts['bag-077'] = replace(item, metrics=replace(item.metrics, jf=0.1))
    page = report_page(replace(results, sequences=parts), {})
    assert 'Details of the 60 worst of 100 sequences' in page
    assert page.count('<details class="section" id=') == 60
    assert 'id="s77"' in page
    assert all(name in page for name in names)


def test_a_broken_picture_costs_only_itself(results):
    page = report_page(results, {'table-00': [b'no picture', example_picture(1)]})
    assert page.count('data:image/jpeg') == 1
