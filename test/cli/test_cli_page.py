"""docs/cli.md is what ``--help`` prints."""

import importlib.metadata
import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / 'docs'


@pytest.fixture(scope='module')
def maker():
    spec = importlib.util.spec_from_file_location('make_cli_page', DOCS / 'make_cli_page.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(maker, monkeypatch):
    if importlib.metadata.version('cyclopts').split('.')[0] != '5':
        pytest.skip('the page shows the layout of cyclopts 5, which needs Python 3.11')
    # Another terminal changes nothing.
    monkeypatch.setenv('COLUMNS', '60')
    monkeypatch.setenv('FORCE_COLOR', '1')
    text = maker.page()
    assert text == (DOCS / 'cli.md').read_text(encoding='utf-8'), (
        'docs/cli.md is old; run python docs/make_cli_page.py'
    )
    assert max(map(len, text.splitlines())) <= maker.WIDTH


def test_track_fits_on_one_screen_and_help_all_lists_every_setting(maker):
    assert len(maker.help_text('track').splitlines()) <= 40
    assert '--detect-every' not in maker.help_text('track')
    text = maker.help_text('track', '--help-all')
    assert '--memory --no-memory' in text
    assert '[choices: due, needed] [default: needed]' in text
    # Range and default come from TrackerConfig.
    setting = ' '.join(text.split('--detect-every')[1].replace('│', ' ').split())
    assert setting.split(']')[0].endswith('[default: 1; 1 to 100')
