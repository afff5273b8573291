"""Settings know their kind and range."""

from dataclasses import dataclass, fields
import math

import pytest

from efficientsam3_ros.core.settings import check, choice, flag, number, text


@dataclass(frozen=True)
class Example:
    share: float = number(0.5, 0.0, 1.0, 'A share.')
    count: int = number(3, 1, 9, 'A number of things.', structural=True)
    own: float = number(math.nan, 0.0, 1.0, 'A share that may be left open.')
    loud: bool = flag(False, 'Whether it is loud.')
    kind: str = choice('raw', ('raw', 'compressed'), 'Which kind.')
    names: tuple[str, ...] = text((), 'Names.')

    def __post_init__(self) -> None:
        check(self)


def test_defaults_pass_and_fields_tell_what_they_are():
    assert math.isnan(Example().own)
    about = {item.name: item.metadata for item in fields(Example)}
    assert about['count'] == {
        'description': 'A number of things.',
        'low': 1,
        'high': 9,
        'structural': True,
    }
    assert about['kind']['choices'] == ('raw', 'compressed')
    assert about['names'] == {'description': 'Names.'}


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'share': 1.5}, r'share lies in 0\.0\.\.1\.0, got 1\.5'),
        ({'share': math.nan}, 'share lies in'),
        ({'share': True}, 'share is neither true nor false, got True'),
        ({'count': 0}, r'count lies in 1\.\.9'),
        ({'count': 2.0}, r'count is a whole number, got 2\.0'),
        ({'own': 2.0}, 'own lies in'),
        ({'loud': 1}, 'loud is true or false, got 1'),
        ({'kind': 'theora'}, 'kind is one of raw, compressed; got "theora"'),
        ({'kind': False}, 'kind is neither true nor false'),
        ({'kind': ['raw']}, 'kind is one of'),
        ({'share': '0.5'}, 'share is a number, got the text .* leave out the quotes'),
        ({'share': None}, 'share is a number, got None'),
        ({'share': [0.5]}, 'share is a number'),
        ({'share': {}}, 'share is a number'),
        ({'share': 10**400}, 'share lies in'),
        ({'count': math.inf}, 'count is a whole number'),
        ({'names': 'mug'}, 'names is a list of texts'),
        ({'names': (3,)}, 'names is a list of texts'),
    ],
    ids=str,
)
def test_another_kind_or_range_is_refused_by_name(change, message):
    with pytest.raises(ValueError, match=message):
        Example(**change)


def test_a_whole_number_is_a_number():
    assert Example(share=1, names=('red mug',)).share == 1
