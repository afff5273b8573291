"""Every recipe of the page runs as it is written, and so does the snippet of the README."""

from pathlib import Path
import re

import pytest

import recipes

README = Path(__file__).parents[1] / 'README.md'
CODES = recipes.recipes()
SNIPPETS = [
    code
    for code in re.findall(r'```python\n(.*?)```', README.read_text(), re.DOTALL)
    if 'es3.' in code
]


def test_the_page_holds_the_recipes_that_are_checked():
    assert list(CODES) == list(recipes.CHECKS)
    assert recipes.PAGE.read_text().count('```python\n') == len(CODES) + 1, 'and the import'


@pytest.mark.parametrize('title', CODES)
def test_recipe(title, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recipes.prepare(tmp_path)
    recipes.CHECKS[title](recipes.run(CODES[title]))


@pytest.mark.parametrize('code', SNIPPETS)
def test_the_snippet_of_the_readme(code, capsys):
    exec(code, {'rgb': recipes.picture(0)})
    assert 'red mug' in capsys.readouterr().out
