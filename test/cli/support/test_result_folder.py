"""What ``track`` and ``demo`` leave behind."""

import numpy as np

from efficientsam3_ros.cli.support.result_folder import ContactSheet


def test_contact_sheet_of_a_long_clip_stays_small():
    sheet = ContactSheet()
    for i in range(1000):
        sheet.add(np.full((30, 40, 3), i // 4, np.uint8), str(i))
    image = sheet.image()
    assert image.shape == (900, 1600, 3)
    assert image[10, 10, 0] == 0
    assert image[850, 1590, 0] > 220
