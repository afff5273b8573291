"""The pages in a real browser: they draw, answer to the pointer, sort, and the console is silent.

All pages are opened at once, in frames of one window: starting a browser is what takes time.
"""

from __future__ import annotations

from html import unescape
import json
from pathlib import Path
import re

from evaluation_examples import example_picture, example_results
from headless_browser import find_browser, open_page
from picture_examples import example_suite
import pytest

from efficientsam3_ros.evaluation.compare.comparison import compare
from efficientsam3_ros.evaluation.report import comparison_page, report_page
from efficientsam3_ros.evaluation.report.suite_of_pictures import worst_pictures

BROWSER = find_browser()
pytestmark = pytest.mark.skipif(BROWSER is None, reason='no Chromium or Chrome is installed')

PROBE = f'<script>{Path(__file__).with_name("probe.js").read_text()}</script>'
# More than are opened at the start.
SECTIONS = 4
_WINDOW = """<!DOCTYPE html><title>frames</title><script>
addEventListener('message', event => {
 const pre = document.createElement('pre');
 pre.textContent = JSON.stringify(event.data);
 document.body.append(pre)})</script>"""
# One above the other: what is out of sight is not drawn.
_FRAME = '<iframe src="{}" width="{}" height="1200" style="position:fixed;left:0;top:0"></iframe>'


@pytest.fixture(scope='module')
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp('pages')
    results = example_results(SECTIONS, frames=150)
    pictures = {name: [example_picture(n) for n in range(5)] for name in results.sequences}
    report = report_page(results, pictures)
    single = report_page(example_results(1, frames=150), {})
    comparison = comparison_page(
        compare(results, example_results(SECTIONS, 0.8, 150), ('a', 'b'), draws=50)
    )
    suite = example_suite()
    painted = {name: [example_picture(n)] for n, (name, _) in enumerate(worst_pictures(suite))}
    pages = {
        'pictures': report_page(suite, painted) + PROBE,
        'wide': report + PROBE, 'narrow': single + PROBE, 'comparison': comparison + PROBE,
        'broken': comparison + '<script>nonsense()</script><img src="http://127.0.0.1:9/x.png">',
    }  # fmt: skip
    for name, page in pages.items():
        (folder / f'{name}.html').write_text(page)
    frames = [(f'{name}.html', 1000) for name in ('broken', 'comparison', 'pictures')]
    frames += [('narrow.html', 390), ('wide.html#s2', 1200)]
    window = folder / 'window.html'
    window.write_text(_WINDOW + ''.join(_FRAME.format(*frame) for frame in frames))
    page, log = open_page(BROWSER, window.as_uri(), folder / 'profile', '--window-size=1300,1300',
                          '--virtual-time-budget=10000')  # fmt: skip
    told = [json.loads(unescape(item)) for item in re.findall(r'<pre>(.*?)</pre>', page)]
    return results, {item['page'].removesuffix('.html'): item for item in told}, log


def complaints(log, name):
    return [line for line in log.splitlines() if 'CONSOLE' in line and f'/{name}.html' in line]


def test_all_charts_and_pictures_are_drawn(seen):
    page = seen[1]['wide']
    assert page['drawn'] == page['charts'] == 4 + 9 * SECTIONS
    assert page['images'] == 5 * SECTIONS
    assert seen[1]['narrow']['drawn'] == seen[1]['narrow']['charts'] == 9


@pytest.mark.parametrize('name', ['wide', 'narrow', 'comparison', 'pictures'])
def test_nothing_leaves_the_screen_sideways(seen, name):
    assert seen[1][name]['overflow'] <= 0


@pytest.mark.parametrize('name', ['wide', 'narrow', 'comparison', 'pictures'])
def test_no_console_error_and_no_request(seen, name):
    assert complaints(seen[2], name) == []


def test_a_link_opens_its_sequence_and_closed_ones_are_not_drawn(seen):
    assert seen[1]['wide']['open'] == ['s2']
    assert seen[1]['wide']['waiting'] == 0


def test_every_chart_zooms_and_tells_its_values(seen):
    for name in ('wide', 'comparison'):
        page = seen[1][name]
        assert page['hover'] == page['zoom'] == page['charts']


def test_charts_over_time_zoom_together(seen):
    page = seen[1]['wide']
    assert page['linked'] == page['charts'] - 2 * SECTIONS


def test_the_pointer_reads_a_bar(seen):
    page = seen[1]['wide']
    place = page['counts'].index(max(page['counts']))
    low, high = place / 20, (place + 1) / 20
    assert f'score: {low:.2f} to {high:.2f}' in page['tip']
    assert f'true: {max(page["counts"])}' in page['tip']


def test_a_click_in_the_legend_mutes_and_the_next_undoes_it(seen):
    page = seen[1]['wide']
    assert page['legend'] == ['on a true object', 'on no object']
    assert page['muted'] == [[False, False], [False, True], [False, False]]


def test_a_table_sorts_by_a_column(seen):
    results, pages, _ = seen
    page = pages['wide']
    assert page['before'] == list(results.sequences)
    assert page['heads'] == 'ascending'
    scores = [results.sequences[name].metrics.cgf1 for name in page['sorted']]
    assert scores == sorted(scores)
    assert page['sorted'] != page['before']
    assert len(page['sorted']) == len(page['before'])


def test_a_console_error_would_be_seen(seen):
    assert any('nonsense' in line for line in complaints(seen[2], 'broken'))


def test_the_browser_refuses_requests_from_the_page(seen):
    assert any('violates' in line for line in complaints(seen[2], 'broken'))


def test_the_comparison_draws_and_sorts(seen):
    page = seen[1]['comparison']
    assert page['drawn'] == page['charts'] == 3
    assert page['buttons'] > 10
    assert page['heads'] == 'ascending'


def test_single_pictures_and_their_classes_are_drawn_and_sort(seen):
    page = seen[1]['pictures']
    assert page['drawn'] == page['charts'] > 3
    assert page['images'] == len(worst_pictures(example_suite()))
    assert page['heads'] == 'ascending'
    assert {'mug', 'pot', 'object'} <= set(page['before'])
    assert page['sorted'] != page['before'] and set(page['sorted']) == set(page['before'])
