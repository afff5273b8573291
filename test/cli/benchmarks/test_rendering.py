"""The benchmarks of the simulator: what they compare, and what they print."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from efficientsam3_ros.cli.benchmarks.domain_gap import gaps, report
from efficientsam3_ros.cli.benchmarks.picture_statistics import NAMES, as_array, measured
from efficientsam3_ros.cli.benchmarks.rendering import PackCost
from efficientsam3_ros.cli.benchmarks.rendering import report as cost_report
from efficientsam3_ros.cli.main import USER_ERROR, main


def picture(seed: int, blur: float = 0.0, size: int = 96) -> np.ndarray:
    image = np.random.default_rng(seed).integers(0, 255, (size, size, 3), np.uint8)
    return cv2.GaussianBlur(image, (0, 0), blur) if blur else image


def test_statistics_tell_sharp_from_soft_and_red_from_blue():
    sharp, soft = measured(picture(1)), measured(picture(1, blur=2))
    assert sharp.gradient > 2 * soft.gradient and sharp.laplacian > soft.laplacian
    assert soft.slope < sharp.slope - 1 and abs(sharp.slope) < 0.5
    red = np.zeros((96, 96, 3), np.uint8)
    red[..., 0] = 200
    assert (measured(red).red, measured(red).blue, measured(red).saturation) == (200, 0, 255)


def test_a_gap_is_in_deviations_of_the_real_pictures():
    real = as_array([measured(picture(seed, blur=2)) for seed in range(4)])
    found = {'real': real, 'alike': real + real.std(0), 'far': real + 3 * real.std(0)}
    result = gaps(found)
    assert result['alike']['mean'] == pytest.approx(1)
    assert result['far']['slope'] == pytest.approx(3)
    text = report(found)
    assert 'gap far' in text.splitlines()[0]
    assert text.splitlines()[-1].split() == ['mean', '1.00', '3.00']
    assert len(text.splitlines()) == len(NAMES) + 3


def test_costs_are_compared_with_the_first_pack_and_changed_frames_told():
    clean = PackCost('clean', [1.0], [0.1, 0.1], ['a', 'a'])
    other = PackCost('printed', [2.0], [0.2, 0.2], ['b', 'c'])
    lines = cost_report([clean, other]).splitlines()
    assert lines[2].split() == ['clean', '10.0', '1.00', '1.0', 'the', 'same']
    assert lines[3].split() == ['printed', '5.0', '0.50', '2.0', 'DIFFERENT']


def test_commands_write_their_figures(tmp_path, capsys):
    pytest.importorskip('mujoco')
    real = tmp_path / 'real'
    real.mkdir()
    for number in range(2):
        cv2.imwrite(str(real / f'{number}_rgb.png'), picture(number))
    cv2.imwrite(str(real / '0_depth.png'), np.zeros((4, 4), np.uint16))
    size = ['--width', '96', '--height', '72']
    gap, cost = tmp_path / 'gap.json', tmp_path / 'cost.json'
    sheet = tmp_path / 'sheet.png'
    scenes = ['--pack', 'primitives', '--scenes', '2', '--out', str(gap), '--picture', str(sheet)]
    assert main(['benchmark', 'domain-gap', '--real', str(real), *scenes, *size]) == 0
    assert set(json.loads(gap.read_text())['gaps']) == {'primitives'}
    assert cv2.imread(str(sheet)).shape[1] == 1280
    few = ['--frames', '2', '--rounds', '1', '--out', str(cost), *size]
    assert main(['benchmark', 'rendering', '--pack', 'primitives', *few]) == 0
    assert [item['pack'] for item in json.loads(cost.read_text())] == ['clean', 'primitives']
    assert '2 real pictures' in capsys.readouterr().out


def test_folder_without_pictures_is_one_sentence(tmp_path, capsys):
    assert main(['benchmark', 'domain-gap', '--real', str(tmp_path)]) == USER_ERROR
    assert 'holds no picture' in capsys.readouterr().err
    words = ['--real', str(tmp_path), '--picture', str(tmp_path.parent / 'sheet.tar')]
    assert main(['benchmark', 'domain-gap', *words]) == USER_ERROR
    assert 'name it .png or .jpg' in capsys.readouterr().err
