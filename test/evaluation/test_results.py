"""``results.json``: what is read again, and what is refused in one sentence."""

from __future__ import annotations

import json
import math

from evaluation_examples import example_results
import pytest

from efficientsam3_ros.evaluation.results import FORMAT_VERSION, RunResults
from efficientsam3_ros.evaluation.typed_json import FormatError, to_data


@pytest.fixture
def saved(tmp_path):
    example_results(2, frames=100).save(tmp_path / 'results.json')
    return tmp_path


def rewritten(folder, change):
    data = json.loads((folder / 'results.json').read_text())
    change(data)
    (folder / 'results.json').write_text(json.dumps(data))
    return folder


def test_a_saved_run_is_read_again_and_written_to_the_same_bytes(saved):
    RunResults.load(saved).save(saved / 'again.json')
    assert (saved / 'again.json').read_bytes() == (saved / 'results.json').read_bytes()
    assert json.loads((saved / 'again.json').read_text())['format_version'] == FORMAT_VERSION


def test_undefined_figures_are_null_and_come_back_as_nan(saved):
    text = (saved / 'results.json').read_text()
    assert 'NaN' not in text
    assert '"harness_cpu_share": null' in text
    again = RunResults.load(saved)
    assert math.isnan(again.timing.sequences['table-00'].harness_cpu_share)
    assert to_data(again) == to_data(example_results(2, frames=100))


def test_an_older_version_is_refused_with_its_new_names_and_the_remedy(saved):
    def make_old(data):
        data['format'] = data.pop('format_version') - 1
        for item in data['sequences'].values():
            item['figures'] = item.pop('metrics')

    with pytest.raises(FormatError) as refused:
        RunResults.load(rewritten(saved, make_old))
    said = str(refused.value)
    for part in ('format 1', 'reads format 2', 'figures is now metrics', 'unheard undelivered'):
        assert part in said
    assert said.endswith('evaluate again.')
    assert said.count('. ') == 0, 'one sentence'


@pytest.mark.parametrize(
    ('text', 'why'),
    [
        ('{}', 'names no format_version'),
        ('[]', 'names no format_version'),
        ('{"format_version": 9}', 'format 9; this version reads format 2, so evaluate again'),
        ('x', 'no JSON'),
    ],
)
def test_other_files_are_refused(tmp_path, text, why):
    (tmp_path / 'results.json').write_text(text)
    with pytest.raises(FormatError, match=why):
        RunResults.load(tmp_path)


def test_old_names_in_a_file_of_this_version_are_named_by_their_place(saved):
    def rename(data):
        timing = data['timing']['sequences']['table-00']
        timing['unheard'] = timing.pop('undelivered')

    with pytest.raises(FormatError, match=r"sequences\['table-00'\] has unknown .*unheard"):
        RunResults.load(rewritten(saved, rename))
