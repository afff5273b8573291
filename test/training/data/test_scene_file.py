"""Files of scenes: what is wrong with one is told."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.scene_file import read_scene


def test_a_damaged_scene_is_named(scenes):
    path = sorted(scenes.glob('*.npz'))[0]
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ValueError, match=r'scene_0\.npz is damaged .* render again'):
        read_scene(path)


def test_a_scene_with_the_old_names_of_fields_is_to_be_rendered_again(scenes):
    path = sorted(scenes.glob('*.npz'))[0]
    with np.load(path) as arrays:
        parts = dict(arrays)
    parts['objects'] = np.array(str(parts['objects']).replace('"color"', '"colour"'))
    np.savez(path, **parts)
    with pytest.raises(ValueError, match=r'colour.* render again'):
        read_scene(path)
