"""Names are sorted as ``ls -v`` does."""

from pathlib import Path

from efficientsam3_ros.core.natural_order import natural_key


def test_numbers_in_names_count_as_numbers():
    names = ['2', '10', 'a', 'a1b', 'a01b', 'a2', 'a10', 'b1-9', 'b1-10', 'ä', '日本 7', '日本 12']
    mixed = [Path(name) for name in sorted(names, reverse=True)]
    found = [path.name for path in sorted(mixed, key=natural_key)]
    assert found == ['2', '10', 'a', 'a01b', 'a1b', *names[5:]]
