"""Old names are told with their new ones."""

from __future__ import annotations

from dataclasses import fields

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.core.renames import FILES, SETTINGS, renamed
from efficientsam3_ros.tracking import TrackerConfig


def test_each_old_name_is_told_with_its_new_one():
    table = {'colour': 'color', 'licence': 'license'}
    assert renamed(['size', 'licence', 'colour'], table) == (
        '"licence" is now "license", "colour" is now "color"'
    )
    assert renamed(['size', 'color'], table) is None


def test_new_names_exist_and_old_ones_do_not():
    for table, kind in ((SETTINGS, TrackerConfig), (FILES, Manifest)):
        known = {item.name for item in fields(kind)}
        assert set(table.values()) <= known
        assert not set(table) & known
