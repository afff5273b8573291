"""Every recipe of the page runs as it is written, and so does the snippet of the README."""

from pathlib import Path
import re

import pytest
import recipe_page

README = Path(__file__).parents[1] / 'README.md'
CODES = recipe_page.recipes()


@pytest.fixture(autouse=True)
def inputs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recipe_page.prepare(tmp_path)


def test_the_page_holds_the_recipes_that_are_checked():
    assert list(CODES) == list(recipe_page.CHECKS)
    assert recipe_page.PAGE.read_text().count('```python\n') == len(CODES) + 1, 'and the import'


@pytest.mark.parametrize('title', CODES)
def test_recipe(title):
    recipe_page.CHECKS[title](recipe_page.run(CODES[title]))


def test_the_snippet_of_the_readme():
    codes = re.findall(r'```python\n(.*?)```', README.read_text(), re.DOTALL)
    (snippet,) = [code for code in codes if 'es3.' in code]
    lines = recipe_page.run(snippet).splitlines()
    assert len(lines) > recipe_page.FRAMES // 2
    assert all(re.fullmatch(r'1 red mug 0\.\d+ \(.*\) \(480, 640\)', line) for line in lines)
