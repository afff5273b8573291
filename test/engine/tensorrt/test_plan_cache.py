"""A plan serves only what it was built for, and a damaged one counts as none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from efficientsam3_ros.engine.tensorrt import plan_cache
from efficientsam3_ros.engine.tensorrt.plan_cache import Machine, PlanCache, PlanKey
from efficientsam3_ros.engine.tensorrt.profiles import Bound

ORIN = Machine('Orin (nvgpu)', '8.7', '10.3.0')
KEY = PlanKey('detector', 'a' * 64, ORIN, 'fp16', {'prompts': Bound(1, 1, 16)})
OTHERS = {
    'graph': replace(KEY, graph='image_encoder'),
    'bundle': replace(KEY, sha256='b' * 64),
    'gpu': replace(KEY, machine=replace(ORIN, gpu='Thor')),
    'compute capability': replace(KEY, machine=replace(ORIN, compute_capability='11.0')),
    'TensorRT': replace(KEY, machine=replace(ORIN, tensorrt='10.3.1')),
    'precision': replace(KEY, precision='fp32'),
    'shapes': replace(KEY, bounds={'prompts': Bound(1, 1, 8)}),
    'calibration': replace(KEY, calibration='c' * 64),
}


@pytest.fixture
def cache(tmp_path) -> PlanCache:
    return PlanCache(tmp_path / 'plans')


def test_what_was_stored_comes_back(cache):
    assert cache.read(KEY) is None
    path = cache.store(KEY, b'plan')
    assert cache.read(KEY) == b'plan'
    assert path.name.startswith('detector-fp16-')
    cache.store(KEY, b'newer')
    assert cache.read(KEY) == b'newer'
    cache.discard(KEY)
    assert cache.read(KEY) is None
    cache.discard(KEY)


@pytest.mark.parametrize('what', OTHERS)
def test_nothing_else_takes_the_plan(cache, what):
    cache.store(KEY, b'plan')
    assert cache.read(OTHERS[what]) is None


def test_another_recipe_of_the_builder_builds_anew(cache, monkeypatch):
    cache.store(KEY, b'plan')
    monkeypatch.setattr(plan_cache, 'BUILD_RECIPE', plan_cache.BUILD_RECIPE + 1)
    assert cache.read(KEY) is None


@pytest.mark.parametrize(
    'damage',
    [
        lambda content: content[:-1],
        lambda content: content[:20],
        lambda content: b'',
        lambda content: content[:-1] + b'\0',
        lambda content: b'plan of somebody else',
    ],
)
def test_a_damaged_plan_counts_as_absent(cache, damage):
    path = cache.store(KEY, b'plan' * 100)
    path.write_bytes(damage(path.read_bytes()))
    assert cache.read(KEY) is None


def test_a_write_that_fails_leaves_the_old_plan_and_no_litter(cache, monkeypatch):
    path = cache.store(KEY, b'old')

    def fail(handle):
        raise OSError('no space left')

    monkeypatch.setattr('os.fsync', fail)
    with pytest.raises(OSError, match='no space'):
        cache.store(KEY, b'new')
    assert cache.read(KEY) == b'old'
    assert list(path.parent.iterdir()) == [path]


def test_timings_belong_to_one_machine(cache):
    assert cache.read(ORIN) is None
    cache.store(ORIN, b'times')
    assert cache.read(ORIN) == b'times'
    assert cache.read(replace(ORIN, tensorrt='8.6.2')) is None


def test_only_the_user_may_write_plans(cache, tmp_path):
    assert (tmp_path / 'plans').stat().st_mode & 0o777 == 0o700
    assert cache.store(KEY, b'plan').stat().st_mode & 0o077 == 0
