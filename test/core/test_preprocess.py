"""Training and robot prepare images alike, or are told that they do not."""

from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.core import Preprocess


def test_the_values_are_normalised_per_channel():
    preprocess = Preprocess(1, 2, mean=(0.5, 0.0, 0.25), std=(0.5, 1.0, 0.25))
    rgb = np.array([[[0, 51, 255], [255, 255, 0]]], np.uint8)
    image = preprocess(rgb)
    assert image.shape == (1, 3, 1, 2)
    assert image.dtype == np.float32
    assert image.flags.c_contiguous
    np.testing.assert_allclose(image[0, 0, 0], [-1, 1], atol=1e-6)
    np.testing.assert_allclose(image[0, 1, 0], [0.2, 1], atol=1e-6)
    np.testing.assert_allclose(image[0, 2, 0], [3, -1], atol=1e-6)


def test_every_value_is_that_of_the_formula():
    rgb = np.arange(256 * 3, dtype=np.uint8).reshape(16, 16, 3)
    mean, std = np.float32((0.485, 0.456, 0.406)), np.float32((0.229, 0.224, 0.225))
    formula = rgb * (np.float32(1 / 255) / std) - mean / std
    image = Preprocess(16, 16, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))(rgb)
    np.testing.assert_array_equal(image[0].transpose(1, 2, 0), formula)


@pytest.mark.parametrize('shape', [(16, 16), (16, 16, 4)])
def test_only_three_channels_are_prepared(shape):
    with pytest.raises(ValueError):
        Preprocess(16, 16)(np.zeros(shape, np.uint8))


def test_halving_averages_each_two_by_two_block():
    preprocess = Preprocess(1, 1, mean=(0, 0, 0), std=(1, 1, 1))
    rgb = np.array([[[0] * 3, [100] * 3], [[100] * 3, [200] * 3]], np.uint8)
    np.testing.assert_allclose(preprocess(rgb).ravel() * 255, 100, atol=1)


def test_thin_lines_survive_strong_shrinking_as_grey():
    rgb = np.zeros((40, 40, 3), np.uint8)
    rgb[:, ::8] = 255
    image = Preprocess(5, 5, mean=(0, 0, 0), std=(1, 1, 1))(rgb)
    np.testing.assert_allclose(image, 1 / 8, atol=0.01)


def test_the_aspect_ratio_is_not_kept():
    assert Preprocess(24, 32)(np.zeros((10, 100, 3), np.uint8)).shape == (1, 3, 24, 32)


def test_the_digest_tells_settings_apart():
    digest = Preprocess(24, 32).digest()
    assert digest == Preprocess(24, 32, mean=(0.5, 0.5, 0.5)).digest()
    assert digest != Preprocess(32, 24).digest()
    assert digest != Preprocess(24, 32, std=(0.5, 0.5, 0.6)).digest()


@pytest.mark.parametrize('values', [{'height': 0}, {'std': (1, 1, 0)}, {'mean': (0, 0)}])
def test_impossible_settings_are_refused(values):
    with pytest.raises(ValueError, match=r'^height and width|three values'):
        Preprocess(**({'height': 4, 'width': 4} | values))


@pytest.mark.parametrize('size', [(72, 128), (60, 60), (33, 41)])
def test_antialiased_is_as_upstream_resizes(size):
    torch = pytest.importorskip('torch')
    rng = np.random.default_rng(0)
    rgb = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
    got = Preprocess(48, 48, (0, 0, 0), (1, 1, 1), 'antialiased')(rgb) * 255
    expected = torch.nn.functional.interpolate(
        torch.from_numpy(rgb).permute(2, 0, 1)[None],
        (48, 48),
        mode='bilinear',
        antialias=True,
    )
    assert np.abs(got - expected.numpy()).max() < 1.5
    if size != (33, 41):
        plain = Preprocess(48, 48, (0, 0, 0), (1, 1, 1))(rgb) * 255
        assert np.abs(plain - expected.numpy()).max() > 50


def test_only_another_way_to_resize_changes_the_digest_of_older_bundles():
    assert Preprocess(512, 512).digest() == '4107b05732aa883a'
    assert Preprocess(512, 512, resize='antialiased').digest() != Preprocess(512, 512).digest()
    with pytest.raises(ValueError, match='bilinear, antialiased'):
        Preprocess(4, 4, resize='cubic')
