from __future__ import annotations

import pytest

from efficientsam3_ros.cli.benchmarks.tracking import contestants


def test_a_bundle_runs_with_and_without_its_memory_beside_others():
    alone, memory, other = contestants('nano', ['dense=some/folder'])
    assert (alone.bundle, alone.config.memory) == ('nano', False)
    assert (memory.bundle, memory.config.memory) == ('nano', True)
    assert (other.name, other.bundle) == ('dense', 'some/folder')


@pytest.mark.parametrize('text', ['dense', '=folder', 'dense='])
def test_another_tracker_needs_name_and_bundle(text):
    with pytest.raises(ValueError, match='NAME=BUNDLE'):
        contestants('nano', [text])
