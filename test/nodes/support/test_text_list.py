"""Lists of texts as people write them."""

from __future__ import annotations

import pytest

pytest.importorskip('yaml', reason='needs PyYAML')

from efficientsam3_ros.nodes.support.text_list import read_texts

BOTH = ('red mug', 'screwdriver')


@pytest.mark.parametrize(
    ('value', 'texts'),
    [
        ('red mug, screwdriver', BOTH),
        ('a red mug. the screwdriver', BOTH),
        ('red mug', ('red mug',)),
        ('[red mug, screwdriver]', BOTH),
        ("['red mug', 'screwdriver']", BOTH),
        ("'red mug', 'screwdriver'", BOTH),
        ('"red mug"', ('red mug',)),
        ('- red mug\n- screwdriver', BOTH),
        ("['yes', 'no']", ('yes', 'no')),
        (['red mug', 'screwdriver'], BOTH),
        ('', ()),
        ('  ', ()),
        ('[]', ()),
        ([], ()),
        (None, ()),
    ],
    ids=str,
)
def test_every_way_of_writing_a_list_is_understood(value, texts):
    assert read_texts('prompts', value) == texts


@pytest.mark.parametrize(
    ('value', 'word'),
    [
        ('[yes, no]', 'True, which is no text; quote'),
        ([True, False], 'True, which is no text; quote'),
        ('[yes, mug]', 'quote'),
        ('[1, 2]', '1, which is no text'),
        ("['red mug", 'YAML list'),
        ('[2020-99-99]', 'YAML list'),
        ('[' * 5000, 'YAML list'),
        ('[' + 'x' * 30_000 + ']', 'longer'),
        ('- red: mug', 'no text'),
        (',', 'No concept'),
        (5, 'list of texts'),
        (True, 'list of texts'),
        (b'mug', 'list of texts'),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_list_of_texts_is_refused_in_one_sentence(value, word):
    with pytest.raises(ValueError, match=word) as caught:
        read_texts('prompts', value)
    assert '\n' not in str(caught.value) and len(str(caught.value)) < 500
