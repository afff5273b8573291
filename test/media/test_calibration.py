"""Pictures for calibration are prepared as the camera's are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from efficientsam3_ros.core import Preprocess
from efficientsam3_ros.media.calibration import PictureError, prepared_pictures


def test_calibration_pictures_are_prepared_as_at_run_time(tmp_path):
    rgb = np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)
    cv2.imwrite(str(tmp_path / 'a.png'), rgb[..., ::-1])
    (tmp_path / 'notes.txt').write_text('no picture')
    prepared = list(prepared_pictures(tmp_path, Preprocess(32, 32)))
    assert len(prepared) == 1
    np.testing.assert_array_equal(prepared[0], Preprocess(32, 32)(rgb))


def test_a_folder_without_pictures_and_a_broken_picture_are_refused(tmp_path):
    with pytest.raises(PictureError, match='holds no picture'):
        list(prepared_pictures(tmp_path, Preprocess(32, 32)))
    (tmp_path / 'a.png').write_bytes(b'not a picture')
    with pytest.raises(PictureError, match=r'a\.png cannot be decoded.*Remove it'):
        list(prepared_pictures(tmp_path, Preprocess(32, 32)))
