"""The report in a real browser: it draws, it sorts, and the console stays silent."""

from __future__ import annotations

from html.parser import HTMLParser
import re

from evaluation_examples import example_picture, example_results
from headless_browser import find_browser, open_page
import pytest

from efficientsam3_ros.evaluation.compare.comparison import compare
from efficientsam3_ros.evaluation.report import write_comparison, write_report

BROWSER = find_browser()
pytestmark = pytest.mark.skipif(BROWSER is None, reason='no Chromium or Chrome is installed')

_PROBE = """<script>addEventListener('load',()=>{
 document.querySelectorAll('details').forEach(part=>{part.open=true});
 const drawn=[...document.querySelectorAll('svg')].map(chart=>{
  const box=chart.getBoundingClientRect();return box.width>150&&box.height>40});
 const seen=[...document.images].filter(image=>image.naturalWidth>0).length;
 document.body.dataset.drawn=drawn.filter(Boolean).length;
 document.body.dataset.images=seen;
 document.body.dataset.overflow=document.documentElement.scrollWidth-innerWidth});</script>"""


class Names(HTMLParser):
    """Collects the first cells of the first sortable table."""

    def __init__(self):
        super().__init__()
        self.names = []
        self.inside = self.link = False

    def handle_starttag(self, tag, attrs):
        self.inside = self.inside or ('class', 'sortable') in attrs
        self.link = tag == 'a' and self.inside

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != 'table'
        self.link = False

    def handle_data(self, data):
        if self.link:
            self.names.append(data)


@pytest.fixture(scope='module')
def report(tmp_path_factory):
    results = example_results()
    pictures = {name: [example_picture(n) for n in range(5)] for name in results.sequences}
    path = tmp_path_factory.mktemp('report') / 'report.html'
    write_report(results, pictures, path)
    return results, path


def shown(path, profile, place='', *options):
    page, log = open_page(BROWSER, f'{path.as_uri()}{place}', profile, *options)
    complaints = [line for line in log.splitlines() if 'CONSOLE' in line]
    assert complaints == []
    return page


@pytest.mark.parametrize('width', [390, 1200])
def test_all_charts_and_pictures_are_drawn_and_nothing_leaves_the_screen(report, tmp_path, width):
    _, path = report
    probed = tmp_path / 'probed.html'
    probed.write_text(path.read_text() + _PROBE)
    page = shown(probed, tmp_path / 'profile', '', f'--window-size={width},900')
    found = dict(re.findall(r'data-(drawn|images|overflow)="(-?\d+)"', page))
    assert int(found['drawn']) == path.read_text().count('<svg') > 20
    assert int(found['images']) == 20
    assert int(found['overflow']) <= 0


def test_a_table_sorts_by_a_column(report, tmp_path):
    results, path = report
    plain = Names()
    plain.feed(path.read_text())
    assert plain.names == list(results.sequences)
    column = 3
    page = shown(path, tmp_path / 'profile', f'#sort={column}')
    assert 'aria-sort="ascending"' in page
    ordered = Names()
    ordered.feed(page)
    scores = [results.sequences[name].metrics.cgf1 for name in ordered.names]
    assert scores == sorted(scores)
    assert ordered.names != plain.names
    assert len(ordered.names) == len(plain.names)


def test_a_link_opens_its_sequence(report, tmp_path):
    page = shown(report[1], tmp_path / 'profile', '#s2')
    assert re.search(r'<details id="s2" open', page)
    assert not re.search(r'<details id="s1" open', page)


def test_a_console_error_would_be_seen(report, tmp_path):
    broken = tmp_path / 'broken.html'
    broken.write_text(report[1].read_text() + '<script>nonsense()</script>')
    with pytest.raises(AssertionError, match='nonsense'):
        shown(broken, tmp_path / 'profile')


def test_the_browser_refuses_requests_from_the_page(report, tmp_path):
    leaking = tmp_path / 'leaking.html'
    leaking.write_text(report[1].read_text() + '<img src="http://127.0.0.1:9/x.png">')
    with pytest.raises(AssertionError, match='violates'):
        shown(leaking, tmp_path / 'profile')


def test_the_comparison_opens_without_complaint(tmp_path):
    path = tmp_path / 'comparison.html'
    write_comparison(
        compare(example_results(), example_results(quality=0.8), ('a', 'b'), draws=50), path
    )
    page = shown(path, tmp_path / 'profile')
    assert page.count('<svg') >= 3
    assert '<th scope="col"><button type="button">' in page
