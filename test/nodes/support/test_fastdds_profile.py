from __future__ import annotations

from pathlib import Path
import xml.etree.ElementTree as ElementTree

import pytest

from efficientsam3_ros.nodes.support.fastdds_profile import VARIABLES, profile_environment

ENOUGH = 2**30


def test_both_generations_of_fast_dds_are_told_a_file_that_exists():
    found = profile_environment({}, ENOUGH)
    assert found.keys() == set(VARIABLES)
    (path,) = {Path(value) for value in found.values()}
    assert ElementTree.parse(path).getroot().tag.endswith('profiles')


@pytest.mark.parametrize(
    'environment',
    [
        *({name: 'mine.xml'} for name in VARIABLES),
        {'FASTDDS_BUILTIN_TRANSPORTS': 'LARGE_DATA'},
        {'RMW_IMPLEMENTATION': 'rmw_cyclonedds_cpp'},
    ],
    ids=lambda environment: next(iter(environment)),
)
def test_what_the_user_chose_stays(environment):
    assert profile_environment(environment, ENOUGH) == {}


def test_empty_variables_are_no_choice():
    environment = {VARIABLES[0]: '', 'RMW_IMPLEMENTATION': 'rmw_fastrtps_dynamic_cpp'}
    assert profile_environment(environment, ENOUGH)


def test_a_container_with_little_shared_memory_keeps_the_default():
    assert profile_environment({}, 64 * 2**20) == {}


def test_a_profile_in_the_working_folder_stays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'DEFAULT_FASTDDS_PROFILES.xml').write_text('<profiles/>')
    assert profile_environment({}, ENOUGH) == {}
