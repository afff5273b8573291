"""J and F equal the figures of the SA-V evaluator (golden values measured with it)."""

import numpy as np
import pytest

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.region_boundary import (
    RegionBoundaryCounts,
    evaluated_frames,
    region_boundary,
    region_boundary_series,
)

J = {0: 100.0, 1: 90.4762, 2: 81.8182, 3: 73.9130, 5: 60.0}
F = {
    (64, 64): {0: 100.0, 1: 100.0, 2: 52.5, 3: 50.0, 5: 45.0},
    (120, 200): {0: 100.0, 1: 100.0, 2: 100.0, 3: 55.0, 5: 50.0},
    (480, 854): {0: 100.0, 1: 100.0, 2: 100.0, 3: 100.0, 5: 100.0},
}
CASES = [(size, dx) for size, row in F.items() for dx in row]


def square(size: tuple[int, int], x: int = 10, y: int = 10, side: int = 20) -> Rle:
    mask = np.zeros(size, bool)
    mask[y : y + side, x : x + side] = True
    return Rle.encode(mask)


@pytest.mark.parametrize(('size', 'dx'), CASES)
def test_equals_the_reference_evaluator(size, dx):
    j, f = region_boundary(square(size), square(size, 10 + dx))
    assert 100 * j == pytest.approx(J[dx], abs=5e-5)
    assert 100 * f == pytest.approx(F[size][dx], abs=5e-5)


def test_empty_masks():
    none = Rle.empty(64, 64)
    assert region_boundary(none, none) == (1.0, 1.0)
    assert region_boundary(square((64, 64)), none) == (0.0, 0.0)
    assert region_boundary(none, square((64, 64))) == (0.0, 0.0)


@pytest.mark.parametrize(('x', 'y'), [(0, 0), (44, 44), (0, 44), (22, 44)])
def test_cropping_changes_nothing_at_the_image_border(x, y):
    truth, found = square((64, 64), x, y), square((64, 64), max(x - 2, 0), max(y - 1, 0))
    _, f = region_boundary(truth, found)
    assert f == pytest.approx(full_image_f(truth.decode(), found.decode()))


def full_image_f(truth: np.ndarray, found: np.ndarray) -> float:
    """Return the definition written out, without crops, for radius 1."""

    def edge(mask):
        out = np.zeros_like(mask)
        out[:, :-1] |= mask[:, :-1] ^ mask[:, 1:]
        out[:-1] |= mask[:-1] ^ mask[1:]
        out[:-1, :-1] |= mask[:-1, :-1] ^ mask[1:, 1:]
        return out

    def grow(mask):
        out = mask.copy()
        out[1:] |= mask[:-1]
        out[:-1] |= mask[1:]
        out[:, 1:] |= mask[:, :-1]
        out[:, :-1] |= mask[:, 1:]
        return out

    a, b = edge(truth), edge(found)
    p, r = (b & grow(a)).sum() / b.sum(), (a & grow(b)).sum() / a.sum()
    return 2 * p * r / (p + r)


def object_region_boundary(truth, found, drop_ends: bool = True) -> RegionBoundaryCounts:
    series = region_boundary_series(truth, found)
    return RegionBoundaryCounts.of_object(truth, found, series, drop_ends)


def test_frames_before_the_first_sight_do_not_count():
    size, none = (64, 64), Rle.empty(64, 64)
    truth = [none, none, square(size), square(size)]
    assert len(evaluated_frames(truth, truth, drop_ends=False)) == 2
    assert object_region_boundary(truth, truth, drop_ends=False).jf == 1.0
    # An early false mask brings its frames in.
    early = [none, square(size), *truth[2:]]
    assert len(evaluated_frames(truth, early, drop_ends=False)) == 3
    assert object_region_boundary(truth, early, drop_ends=False).j == pytest.approx(2 / 3)


def test_ends_are_dropped_and_unseen_objects_are_not_scored():
    size, none = (64, 64), Rle.empty(64, 64)
    unseen = object_region_boundary([square(size), none, none], [none] * 3)
    assert unseen == RegionBoundaryCounts(objects=0)
    truth, found = [square(size)] * 4, [none, square(size), none, none]
    assert len(evaluated_frames(truth, found)) == 2
    assert object_region_boundary(truth, found).j == 0.5


def test_different_sizes_are_refused():
    with pytest.raises(ValueError, match='resolution of the truth'):
        region_boundary(square((64, 64)), square((32, 32), side=5))


def random_clip(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return label images (T, H, W) of two objects that come, go and are badly followed."""
    rng = np.random.default_rng(seed)
    truth, found = np.zeros((2, 8, 120, 200), np.uint8)
    for number in (1, 2):
        x, y = rng.integers(10, 120, 2) % (120, 60)
        for t in range(8):
            x, y = x + rng.integers(0, 6), y + rng.integers(-2, 4)
            for image, (dx, dy), shown in (
                (truth, (0, 0), 0.8),
                (found, rng.integers(-5, 6, 2), 0.75),
            ):
                if rng.random() < shown:
                    x0, y0 = max(x + dx, 0), max(y + dy, 0)
                    image[t, y0 : y0 + 40, x0 : x0 + 30] = number
    return truth, found


@pytest.mark.parametrize('seed', range(4))
@pytest.mark.parametrize('drop_ends', [True, False])
def test_equals_vos_benchmark(seed, drop_ends):
    reference = pytest.importorskip('vos_benchmark.evaluator').Evaluator()
    truth, found = random_clip(seed)
    for t in range(1, 7) if drop_ends else range(8):
        reference.feed_frame(found[t], truth[t])
    their_j, their_f = reference.conclude()
    for number in their_j:
        masks = [[Rle.encode(image == number) for image in clip] for clip in (truth, found)]
        score = object_region_boundary(*masks, drop_ends=drop_ends)
        assert score.objects == 1
        assert 0 < score.jf < 1
        expected = (their_j[number] / 100, their_f[number] / 100)
        assert (score.j, score.f) == pytest.approx(expected, abs=1e-9)


def test_frame_lists_of_different_length_are_refused():
    with pytest.raises(ValueError, match='2 true frames but 1'):
        region_boundary_series([square((64, 64))] * 2, [square((64, 64))])
