"""The whole backend on a simulated GPU, with the API of every recorded release."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
import sys

import cv2
from fake_cuda import FakeCuda
from fake_tensorrt import RELEASES, FakeTensorRt
import numpy as np
import pytest
from tiny_onnx import FLOAT, GRAPHS, copying_model, write_tiny_bundle

from efficientsam3_ros.core import BundleError, Manifest
from efficientsam3_ros.engine import EngineError, EngineOptions, load_engine
from efficientsam3_ros.engine.tensorrt.backend import TensorRtEngine, import_tensorrt
from efficientsam3_ros.engine.tensorrt.builder import strongly_typed
from efficientsam3_ros.engine.tensorrt.execution import DeviceValue

IMAGE = np.arange(72, dtype=np.float32).reshape(1, 3, 4, 6)
BOUNDS = {'K': 16, 'L': 64}


class Rig:
    """A bundle, a GPU and a TensorRT that outlive single engines."""

    def __init__(self, folder: Path, release: str = '10.3.0', capable: bool = True) -> None:
        (folder / 'bundle').mkdir(parents=True)
        self.bundle = write_tiny_bundle(folder / 'bundle')
        self.cache = folder / 'cache'
        self.cuda = FakeCuda(capable=capable)
        self.trt = FakeTensorRt(self.cuda, release)

    def engine(
        self,
        precision: str = 'fp32',
        calibration: Path | None = None,
        exported: str = 'fp32',
        **changes,
    ) -> TensorRtEngine:
        manifest = Manifest.load(self.bundle, verify=False)
        manifest = replace(manifest, bounds=BOUNDS, precision=exported, **changes)
        options = EngineOptions(
            cache_folder=self.cache, precision=precision, calibration=calibration
        )
        return TensorRtEngine(self.bundle, manifest, options, self.trt, self.cuda)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


@pytest.mark.parametrize('release', RELEASES)
def test_every_release_runs_all_graphs_and_gives_its_memory_back(tmp_path, release):
    rig = Rig(tmp_path, release)
    engine = rig.engine()
    for count in (1, 16, 2):
        features = engine.run('image_encoder', {'image': IMAGE + count})
        ids = np.full((count, 4), count, np.int64)
        text = engine.run('text_encoder', {'token_ids': ids})
        assert np.array_equal(engine.to_numpy(text['text_tokens']), ids)
        tokens = np.full((count, 5, 8), count, np.float32)
        found = engine.run('detector', {**features, 'prompt_tokens': tokens})
        assert np.array_equal(engine.to_numpy(found['scores']), IMAGE + count)
        assert np.array_equal(engine.to_numpy(found['mask_logits']), tokens)
    engine.close()
    assert rig.cuda.in_use == 0
    engine.close()


def test_features_stay_on_the_device(rig):
    engine = rig.engine()
    features = engine.run('image_encoder', {'image': IMAGE})
    assert isinstance(features['level_0'], DeviceValue)
    tokens = np.ones((1, 5, 8), np.float32)
    engine.run('detector', {**features, 'prompt_tokens': tokens})
    assert rig.cuda.waits == 0, 'the host waited although nobody asked for numbers'
    execution = engine._graphs['detector']
    assert execution._context._addresses['level_0'] == features['level_0'].pointer
    # No input buffer was ever made for what is on the device already.
    assert all(slot.inputs['level_0'].pointer == 0 for slot in execution._slots)


def test_a_fixed_graph_is_replayed_and_gives_the_same_as_before(rig):
    engine = rig.engine()
    for index in range(10):
        found = engine.run('image_encoder', {'image': IMAGE * index})
        assert np.array_equal(engine.to_numpy(found['level_0']), IMAGE * index)
    # Two slots: each runs once by itself, then is recorded.
    assert rig.cuda.launches == 8


def test_another_number_of_prompts_drops_the_recordings(rig):
    engine = rig.engine()
    for count in (1, 1, 1, 1, 3, 3, 3, 3, 1, 1):
        tokens = np.full((count, 5, 8), count, np.float32)
        found = engine.run('detector', {'level_0': IMAGE, 'prompt_tokens': tokens})
        assert np.array_equal(engine.to_numpy(found['mask_logits']), tokens)
    assert rig.cuda.launches == 4
    engine.close()
    assert rig.cuda.in_use == 0


def test_a_network_that_cannot_be_recorded_runs_all_the_same(tmp_path):
    rig = Rig(tmp_path, capable=False)
    engine = rig.engine()
    for index in range(5):
        found = engine.run('image_encoder', {'image': IMAGE * index})
        assert np.array_equal(engine.to_numpy(found['level_0']), IMAGE * index)
    assert rig.cuda.launches == 0


def test_runs_that_pile_up_do_not_overwrite_each_other(rig):
    """Nobody waits between runs, so uploads are still under way when the next frame comes."""
    engine = rig.engine()
    image = IMAGE.copy()
    values = []
    for index in range(5):
        image[:] = index
        values.append(engine.run('image_encoder', {'image': image})['level_0'])
    image[:] = -1
    assert (engine.to_numpy(values[4]) == 4).all()
    assert (engine.to_numpy(values[3]) == 3).all()
    with pytest.raises(EngineError, match='keeps 2 results'):
        engine.to_numpy(values[2])
    with pytest.raises(EngineError, match='keeps 2 results'):
        tokens = np.ones((1, 5, 8), np.float32)
        engine.run('detector', {'level_0': values[0], 'prompt_tokens': tokens})


def test_an_upload_under_way_is_not_overwritten_by_the_next_frame_but_one(rig):
    engine = rig.engine()
    tokens = np.ones((1, 5, 8), np.float32)
    features = engine.run('image_encoder', {'image': IMAGE * 0})
    scores = engine.run('detector', {**features, 'prompt_tokens': tokens})['scores']
    for index in (1, 2):
        engine.run('image_encoder', {'image': IMAGE * 0 + index})
    assert (engine.to_numpy(scores) == 0).all()


def test_host_copies_are_the_callers(rig):
    engine = rig.engine()
    first, second = (engine.run('image_encoder', {'image': IMAGE * n})['level_0'] for n in (1, 2))
    copies = engine.to_numpy(first), engine.to_numpy(second)
    assert np.array_equal(copies[0], IMAGE) and np.array_equal(copies[1], IMAGE * 2)


def test_more_prompts_than_the_profile_holds_are_refused_with_the_limit(rig):
    engine = rig.engine()
    with pytest.raises(EngineError, match=r'"token_ids".*\(16, 4\), got \(17, 4\); ask for fewer'):
        engine.run('text_encoder', {'token_ids': np.zeros((17, 4), np.int64)})


def test_the_second_start_builds_nothing_and_parses_nothing(rig, monkeypatch):
    rig.engine().close()
    assert len(rig.trt.builds) == 3
    monkeypatch.setattr(rig.trt, 'OnnxParser', None)
    engine = rig.engine()
    assert len(rig.trt.builds) == 3
    found = engine.run('image_encoder', {'image': IMAGE})
    assert np.array_equal(engine.to_numpy(found['level_0']), IMAGE)
    with pytest.raises(EngineError, match='the engine was built for'):
        engine.run('text_encoder', {'token_ids': np.zeros((17, 4), np.int64)})


def test_kernel_times_serve_the_next_build(rig):
    rig.engine().close()
    rig.engine('fp16').close()
    assert rig.trt.builds[-1]._timing._content == b'+' * 5


def test_a_damaged_or_refused_plan_is_built_again(rig, monkeypatch):
    rig.engine().close()
    plans = sorted((rig.cache / 'tensorrt').glob('*.plan'))
    plans[0].write_bytes(plans[0].read_bytes()[:-3])
    rig.engine().close()
    assert len(rig.trt.builds) == 4

    # A plan that is whole, but that TensorRT does not take.
    real = type(rig.trt.Runtime(None)).deserialize_cuda_engine
    refused = iter([True])

    def once(self, plan):
        return None if next(refused, False) else real(self, plan)

    monkeypatch.setattr(type(rig.trt.Runtime(None)), 'deserialize_cuda_engine', once)
    rig.engine().close()
    assert len(rig.trt.builds) == 5


def test_another_gpu_builds_its_own_plans(rig):
    rig.engine().close()
    rig.cuda._gpu = 'Fake Thor'
    rig.engine().close()
    assert len(rig.trt.builds) == 6


@pytest.mark.parametrize('release', RELEASES)
def test_a_bundle_in_half_precision_keeps_its_types(tmp_path, release):
    rig = Rig(tmp_path, release)
    rig.engine().close()
    assert all('FP16' not in config._flags for config in rig.trt.builds)
    for graph, wires in GRAPHS.items():
        (rig.bundle / f'{graph}.onnx').write_bytes(copying_model(wires, title='HalfPrecision'))
    rig.engine(exported='fp16').close()
    # The oldest release cannot; there the flag allows half precision everywhere.
    wanted = (False, True) if release == RELEASES[0] else (True, False)
    if not strongly_typed(rig.trt):
        assert [(c._typed, 'FP16' in c._flags) for c in rig.trt.builds[3:]] == [wanted] * 3


def test_a_bundle_in_full_precision_may_be_narrowed_everywhere(rig):
    rig.engine('fp16').close()
    assert all('FP16' in config._flags and not config._typed for config in rig.trt.builds)


def test_a_calibration_in_the_bundle_serves_int8(rig):
    with pytest.raises(EngineError, match='not quantised'):
        rig.engine('int8')
    assert rig.cuda.in_use == 0, 'a load that fails gives its memory back'
    for graph in ('image_encoder', 'text_encoder', 'detector'):
        (rig.bundle / f'{graph}.calibration').write_bytes(b'ranges')
    rig.engine('int8')
    calibrator = rig.trt.builds[-1].int8_calibrator
    assert calibrator.read_calibration_cache() == b'ranges'
    assert calibrator.get_batch_size() == 1
    assert calibrator.get_batch(['image']) is None


def test_pictures_calibrate_the_image_encoder_once(rig, tmp_path):
    frames = tmp_path / 'frames'
    frames.mkdir()
    for index in range(3):
        cv2.imwrite(str(frames / f'{index}.png'), np.full((8, 12, 3), 80 * index, np.uint8))
    engine = rig.engine('int8', calibration=frames)
    measured = rig.bundle / 'image_encoder.calibration'
    assert measured.read_bytes() == b'ranges of 3 batches'
    flags = [config._flags >= {'INT8'} for config in rig.trt.builds]
    assert flags == [True, False, False], 'only the image encoder is for 8 bits'
    engine.close()
    assert rig.cuda.in_use == 0, 'the calibrator gives its memory back'
    rig.engine('int8').close()
    assert len(rig.trt.builds) == 3, 'the plan of the calibration is found again'


def test_a_folder_without_pictures_calibrates_nothing(rig, tmp_path):
    with pytest.raises(ValueError, match='holds no picture'):
        rig.engine('int8', calibration=tmp_path)
    assert rig.cuda.in_use == 0
    assert not (rig.bundle / 'image_encoder.calibration').exists()


@pytest.mark.parametrize('release', RELEASES)
def test_an_export_in_int8_needs_no_calibration(tmp_path, release):
    rig = Rig(tmp_path, release)
    # The name is all that the simulated parser looks for.
    model = copying_model(GRAPHS['image_encoder'], title='QuantizeLinear')
    (rig.bundle / 'image_encoder.onnx').write_bytes(model)
    engine = rig.engine('int8')
    found = engine.run('image_encoder', {'image': IMAGE})
    assert np.array_equal(engine.to_numpy(found['level_0']), IMAGE)


def test_graphs_of_another_export_are_refused(rig):
    wires = {'picture': ('level_0', FLOAT, (1, 3, 4, 6))}
    (rig.bundle / 'image_encoder.onnx').write_bytes(copying_model(wires))
    with pytest.raises(BundleError, match=r"'picture'.*the manifest says \['image'\]"):
        rig.engine()
    assert rig.cuda.in_use == 0


def test_numbers_beyond_32_bits_are_refused_where_the_release_narrows(tmp_path):
    engine = Rig(tmp_path, '8.6.1').engine()
    with pytest.raises(EngineError, match='beyond 32 bits'):
        engine.run('text_encoder', {'token_ids': np.full((1, 4), 2**40, np.int64)})


@pytest.mark.parametrize('action', ['set_input_shape', 'set_tensor_address', 'execute_async_v3'])
def test_a_refusal_of_tensorrt_names_the_graph(rig, monkeypatch, action):
    engine = rig.engine()
    kind = type(engine._graphs['image_encoder']._context)
    monkeypatch.setattr(kind, action, lambda *_: False)
    with pytest.raises(EngineError, match='Graph "image_encoder": TensorRT refused'):
        engine.run('image_encoder', {'image': IMAGE})


def test_without_tensorrt_the_remedy_is_named(monkeypatch, rig):
    monkeypatch.setitem(sys.modules, 'tensorrt', None)
    with pytest.raises(EngineError, match=r'python3-libnvinfer.*pip install tensorrt'):
        load_engine(rig.bundle, 'tensorrt')


def test_an_old_tensorrt_is_refused(monkeypatch):
    class Old:
        __version__ = '8.5.3'

    monkeypatch.setitem(sys.modules, 'tensorrt', Old)
    with pytest.raises(EngineError, match=r'8\.5\.3 is too old'):
        import_tensorrt()
