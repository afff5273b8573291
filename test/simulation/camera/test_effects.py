"""The camera of photographs: what it must keep, and what it must change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from efficientsam3_ros.simulation.camera.contact import darkening
from efficientsam3_ros.simulation.camera.effects import CameraLook, photographed
from efficientsam3_ros.simulation.camera.soft_shadow import softening

IDEAL = CameraLook(
    defocus=0.0,
    motion=(0.0, 0.0),
    exposure=1.0,
    cast=(1.0, 1.0, 1.0),
    gamma=1.0,
    contrast=0.0,
    black=0.0,
    saturation=1.0,
    vignette=0.0,
    shot=0.0,
    read=0.0,
    bayer=True,
    chroma_blur=0.0,
    sharpening=0.0,
    jpeg=100,
    contact=0.0,
    shadow=0.0,
)
HALVES = np.zeros((64, 64, 3), np.uint8)
HALVES[:, :32], HALVES[:, 32:] = (160, 60, 30), (30, 60, 160)


def taken(look: CameraLook, image: np.ndarray = HALVES, seed: int = 0) -> np.ndarray:
    return photographed(image, look, np.random.default_rng(seed)).astype(int)


def test_ideal_camera_keeps_colors_through_its_bayer_pattern():
    error = np.abs(taken(IDEAL) - HALVES)
    assert error[8:-8, 8:24].max() <= 4 and error[8:-8, 40:56].max() <= 4


def test_noise_is_of_the_seed_and_stronger_where_it_is_bright():
    noisy = replace(IDEAL, shot=2e-3)
    assert np.array_equal(taken(noisy, seed=1), taken(noisy, seed=1))
    assert not np.array_equal(taken(noisy, seed=1), taken(noisy, seed=2))
    gray = np.full((64, 64, 3), 20, np.uint8)
    gray[:, 32:] = 150
    picture = taken(noisy, gray)
    assert picture[:, 36:].std() > 1.5 * picture[:, :28].std()


def test_exposure_vignette_and_cast_do_what_they_say():
    gray = np.full((64, 64, 3), 100, np.uint8)
    assert taken(replace(IDEAL, exposure=1.3), gray).mean() > 120
    corners = taken(replace(IDEAL, vignette=0.4), gray)
    assert corners[0, 0].mean() < corners[32, 32].mean() - 15
    warm = taken(replace(IDEAL, cast=(1.2, 1.0, 0.8)), gray).mean((0, 1))
    assert warm[0] > 110 and warm[2] < 90


def test_sharpening_makes_a_halo_and_blur_takes_the_edge_away():
    gray = np.full((64, 64, 3), 60, np.uint8)
    gray[:, 32:] = 160
    assert taken(replace(IDEAL, sharpening=1.0), gray).max() > 164
    blurred = taken(replace(IDEAL, defocus=20.0, motion=(40.0, 0.0)), gray)
    assert np.abs(np.diff(blurred[32, :, 0])).max() < 40


def test_drawn_cameras_differ_and_leave_a_picture():
    looks = [CameraLook.drawn(np.random.default_rng(seed)) for seed in range(20)]
    assert len(set(looks)) == 20
    for look in looks:
        assert taken(look).std() > 15


def test_shadows_on_the_table_become_soft_and_objects_stay_as_they_are():
    unshadowed = np.full((60, 80, 3), 200, np.uint8)
    lit = unshadowed.copy()
    lit[:, 40:] = 100
    table = np.ones((60, 80), bool)
    table[:, 60:] = False
    factor = softening(lit, unshadowed, table, 4.0)
    soft = lit[..., 0] * factor
    assert 120 < soft[30, 40] < 180 and soft[30, 8] > 195
    assert (factor[:, 60:] == 1).all()


def test_contact_shading_leaves_planes_alone_and_darkens_where_things_stand():
    # A plane that runs away from the camera: inverse depth is linear in rows.
    depth = np.repeat(1 / np.linspace(0.8, 1.6, 120)[:, None], 160, 1).astype(np.float32)
    assert darkening(depth, 140, 1.0).min() >= 0.99
    depth[40:80, 60:100] -= 0.03
    shade = darkening(depth, 140, 1.0)
    assert shade[60, 57] < 0.95 and shade[60, 20] >= 0.99
    # What is far behind is not darkened.
    depth[40:80, 60:100] = 0.3
    assert darkening(depth, 140, 1.0)[60, 55] > 0.95
