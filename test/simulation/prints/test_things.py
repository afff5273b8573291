import colorsys
from functools import cache

import numpy as np
import pytest

from efficientsam3_ros.simulation.prints.catalogue import KINDS, Kind

EVERY = pytest.mark.parametrize('kind', KINDS, ids=lambda kind: kind.noun.name)


def fresh(kind: Kind, color: str, seed: int):
    return kind.make(color, np.random.default_rng([seed, len(kind.noun.name)]))


made = cache(fresh)


def corners(mesh) -> np.ndarray:
    return mesh.vertices[mesh.faces].astype(float)


@EVERY
def test_same_generator_makes_the_same_thing_and_another_one_another(kind):
    one, other = made(kind, kind.noun.colors[0], 3), made(kind, kind.noun.colors[-1], 4)
    same = fresh(kind, kind.noun.colors[0], 3)
    assert all(np.array_equal(a.vertices, b.vertices) for a, b in zip(one, same))
    assert np.array_equal(one[0].image, same[0].image)
    assert not np.array_equal(one[0].image, other[0].image)


@EVERY
def test_shape_is_closed_light_and_stands_on_its_footprint(kind):
    meshes = made(kind, kind.noun.colors[-1], 4)
    points = np.concatenate([mesh.vertices for mesh in meshes])
    low, high = points.min(0), points.max(0)
    assert abs(low[2]) < 1e-6
    assert np.allclose(low[:2] + high[:2], 0, atol=1e-6)
    assert (high - low).min() > 0.008 and (high - low).max() < 0.4
    assert sum(len(mesh.faces) for mesh in meshes) <= 2000
    triangles = np.concatenate([corners(mesh) for mesh in meshes])
    assert outline_left_open(triangles) == 0
    volume = np.einsum('ij,ij->i', triangles[:, 0], np.cross(triangles[:, 1], triangles[:, 2]))
    assert volume.sum() > 0


def outline_left_open(triangles: np.ndarray) -> int:
    """Return how many edges have no neighbour that runs the other way."""
    _, number = np.unique(np.round(triangles.reshape(-1, 3), 6), axis=0, return_inverse=True)
    faces = number.reshape(-1, 3)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    forth, back = edges @ (1 << 20, 1), edges[:, ::-1] @ (1 << 20, 1)
    return int((np.sort(forth) != np.sort(back)).sum())


@EVERY
def test_every_part_has_a_picture_a_finish_and_coordinates_in_it(kind):
    for mesh in made(kind, kind.noun.colors[0], 3):
        assert mesh.image.dtype == np.uint8
        assert mesh.texture_coordinates.shape == (len(mesh.vertices), 2)
        assert mesh.texture_coordinates.min() >= 0 and mesh.texture_coordinates.max() <= 1
        assert np.ptp(mesh.vertices, axis=0).min() > 1e-4  # flat parts have no volume
        assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-5)
        assert 0 <= mesh.finish.specular <= 1


@EVERY
@pytest.mark.parametrize(('place', 'seed'), [(0, 3), (-1, 4)])
def test_the_color_in_its_name_covers_most_of_it(kind, place, seed):
    color = kind.noun.colors[place]
    shares = named_shares(made(kind, color, seed))
    near = sum(shares.get(name, 0) for name in LOOKS_LIKE[color])
    others = [share for name, share in shares.items() if name not in LOOKS_LIKE[color]]
    # The inside of a deep vessel is mostly hidden, and may be of steel.
    assert near > 0.35, shares
    assert near > 0.9 * max(others, default=0), shares


# Shadows, fibers and highlights of a color may be called by its neighbours' names.
LOOKS_LIKE = {
    'red': {'red', 'brown', 'pink'},
    'green': {'green', 'black'},
    'blue': {'blue', 'black'},
    'yellow': {'yellow', 'brown', 'orange'},
    'orange': {'orange', 'brown', 'yellow', 'red'},
    'white': {'white', 'silver', 'yellow'},
    'black': {'black', 'silver'},
    'pink': {'pink', 'red', 'purple'},
    'purple': {'purple', 'pink', 'blue'},
    'brown': {'brown', 'black', 'orange', 'red'},
    'silver': {'silver', 'white', 'black'},
}


def named_shares(meshes) -> dict[str, float]:
    """Return the share of the outer surface that looks like each color."""
    areas: dict[str, float] = {}
    for mesh in meshes:
        triangles = corners(mesh)
        doubled = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
        size = np.linalg.norm(doubled, axis=1)
        # What faces down is not seen.
        size[doubled[:, 2] < -0.9 * size] = 0
        places = mesh.texture_coordinates[mesh.faces]
        side = np.array(mesh.image.shape[1::-1]) - 1
        for weights in ((1, 1, 1), (4, 1, 1), (1, 4, 1), (1, 1, 4)):
            at = np.average(places, axis=1, weights=weights)
            columns, rows = np.round(at * side).astype(int).T
            for pixel, area in zip(mesh.image[rows, columns], size):
                name = color_name(pixel)
                areas[name] = areas.get(name, 0) + float(area)
    total = sum(areas.values())
    return {name: area / total for name, area in areas.items()}


def color_name(pixel: np.ndarray) -> str:
    hue, saturation, value = colorsys.rgb_to_hsv(*(pixel / 255))
    degrees = 360 * hue
    if value < 0.22:
        return 'black'
    if saturation < 0.18:
        return 'white' if value > 0.78 else 'silver' if value > 0.35 else 'black'
    if degrees < 12 or degrees >= 345:
        return 'pink' if saturation < 0.55 and value > 0.7 else 'red'
    if degrees < 40:
        return 'brown' if value < 0.6 else 'orange'
    if degrees < 68:
        return 'yellow' if value > 0.5 else 'brown'
    for end, name in ((170, 'green'), (250, 'blue'), (300, 'purple'), (345, 'pink')):
        if degrees < end:
            return name
    raise AssertionError(degrees)
