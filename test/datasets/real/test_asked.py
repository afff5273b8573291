"""What is asked of a picture."""

from __future__ import annotations

from zlib import crc32

from efficientsam3_ros.datasets.real.asked import Asked, asked_of

LIST = tuple(Asked.of(word) for word in 'abcdefghijklmn')


def test_synonyms_are_one_concept():
    assert Asked.of('can') == Asked('can', ('can', 'tin'))
    assert Asked.of('cup') == Asked('cup', ('cup', 'mug'))
    assert Asked.of('mug').means({'cup'}) and Asked.of('box').means({'carton'})
    assert not Asked.of('bowl').means({'pot', 'cup'})


def test_kinds_belong_to_their_concept():
    assert Asked.of('pliers', 'cutting pliers').names == ('pliers', 'cutting pliers')


def test_all_that_is_there_is_asked_and_of_the_absent_every_seventh():
    first = crc32(b'0042') % 7
    absent = {item.word for i, item in enumerate(LIST) if (first + i) % 7 == 0}
    assert len(absent) == 2
    asked = [item.word for item in asked_of('0042', LIST, {'a', 'n'})]
    assert asked == sorted({'a', 'n'} | absent)
    assert asked_of('0042', LIST, set(), every=1) == LIST


def test_the_rule_is_fixed_and_reaches_every_concept():
    chosen = [frozenset(c.word for c in asked_of(f'{n:04}', LIST, ())) for n in range(200)]
    assert set().union(*chosen) == {item.word for item in LIST}
    assert all(len(words) == 2 for words in chosen)
    assert [item.word for item in asked_of('learn0', LIST, ())] == ['e', 'l']
