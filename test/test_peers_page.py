"""docs/peers.md: what we say of ourselves names a test or a command, of others a source."""

from __future__ import annotations

from pathlib import Path
import re

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / 'docs' / 'peers.md'
TEXT = PAGE.read_text(encoding='utf-8')
CLI = (ROOT / 'docs' / 'cli.md').read_text(encoding='utf-8')
ROWS = [
    [cell.strip() for cell in line.strip('|').split('|')]
    for section in re.split('^## ', TEXT, flags=re.MULTILINE)[1:]
    for line in section.splitlines()
    if line.startswith('|') and not line.startswith(('| | this', '|---'))
]
CLOSED = 'not documented'


def commands(text):
    return re.findall('`((?:efficientsam3|ros2|make) [^`]+)`', text)


@pytest.mark.parametrize('row', ROWS, ids=lambda row: row[0])
def test_every_row_has_a_test_or_a_command_of_ours(row):
    assert len(row) == 6
    links = re.findall(r'\[test\]\(\.\./(test/[^)]+)\)', row[1])
    assert links or commands(row[1])
    for link in links:
        assert (ROOT / link).is_file(), link
        assert 'def test_' in (ROOT / link).read_text(encoding='utf-8')


@pytest.mark.parametrize('row', ROWS, ids=lambda row: row[0])
def test_what_is_said_of_peers_has_a_source(row):
    for cell in row[2:]:
        assert re.search(r'\[[A-Z]\d\]', cell) or cell == CLOSED, cell


def test_sources_are_named_once_and_used():
    named = re.findall(r'^\[([A-Z]\d)\]: https://\S+$', TEXT, re.MULTILINE)
    used = set(re.findall(r'\[([A-Z]\d)\](?!:)', TEXT))
    assert len(set(named)) == len(named)
    assert set(named) == used


def test_links_lead_to_files_and_headings():
    for name, anchor in re.findall(r'\]\((?!https)([^)#]+)(#[^)]*)?\)', TEXT):
        target = (PAGE.parent / name).resolve()
        assert target.is_file(), name
        if anchor:
            titles = re.findall('^#+ (.+)$', target.read_text(encoding='utf-8'), re.MULTILINE)
            assert anchor[1:] in {title.lower().replace(' ', '-') for title in titles}


@pytest.mark.parametrize('command', sorted(set(commands(TEXT))))
def test_commands_exist(command):
    program, *words = command.split()
    if program == 'make':
        assert re.search(f'^{words[0]}:', (ROOT / 'Makefile').read_text(), re.MULTILINE)
    elif program == 'ros2':
        assert words[:2] == ['run', 'efficientsam3_ros']
        assert f'install_executable({words[2]} ' in (ROOT / 'CMakeLists.txt').read_text()
    else:
        verbs = [word for word in words if not word.startswith('-')][
            : 2 if words[0] == 'benchmark' else 1
        ]
        heading = f'## efficientsam3 {" ".join(verbs)}\n'
        assert heading in CLI
        help_text = CLI.split(heading)[1].split('\n## ')[0]
        for option in (word for word in words if word.startswith('--')):
            assert option in help_text


def test_the_readme_leads_here():
    assert '(docs/peers.md)' in (ROOT / 'README.md').read_text(encoding='utf-8')
