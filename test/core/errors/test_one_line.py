import pytest

from efficientsam3_ros.core.errors.one_line import one_line


@pytest.mark.parametrize(
    ('error', 'text'),
    [
        (ValueError('too  large'), 'too large'),
        (RuntimeError('first\n\tsecond\n'), 'first second'),
        (MemoryError(), 'MemoryError'),
        (OSError(' \n'), 'OSError'),
    ],
)
def test_an_error_is_one_line_and_never_empty(error, text):
    assert one_line(error) == text
