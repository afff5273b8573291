"""Training of the memory: it learns, resumes exactly, and keeps the tracker's rules."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path

from lightning_fabric import Fabric
import numpy as np
import pytest
import torch
import yaml

from efficientsam3_ros.core.manifest import file_sha256
from efficientsam3_ros.engine import find_bundle
from efficientsam3_ros.model.export.memory_export import memory_layout
from efficientsam3_ros.model.memory.config import nano_memory
from efficientsam3_ros.model.memory.tracking_graphs import Hypotheses, VideoMemory
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.memory.memory_ring import MemoryRing
from test.support.clip_files import ABSENT, MANIFEST, ColorEngine, tiny_memory, write_clip
from training.checkpoint import CHECKPOINT
from training.config import ConfigError
from training.data.clips.clip_batch import ClipBatch
from training.data.clips.clip_features import EncoderIdentity, FeatureCacheError, cache_clips
from training.data.clips.clips import MemoryClips, Stage, sample_levels
from training.data.clips.mask_errors import MaskErrors
from training.data.sources.config import ScenesConfig
from training.initial_weights import WeightError
from training.losses.memory import MemoryLossWeights, memory_loss
from training.losses.terms import weighted
from training.memory.config import MemoryDataConfig, MemoryRunConfig, MemoryScheduleConfig
from training.memory.initialization import initialize_by_appearance
from training.memory.rollout import Gate, Plan, rollout
from training.memory.state import MemoryState
from training.memory.transfer import object_direction
from training.memory.validation import validate
from training.memory.weights import load_memory, save_memory
from training.stage2 import WEIGHTS, MemoryTrainer, main
from training.supervised_config import SupervisedConfig

CONFIGS = Path(__file__).parents[2] / 'training/configs'
ENCODER = EncoderIdentity.of(MANIFEST)
IMAGE_ENCODER = find_bundle('nano_tabletop') / MANIFEST.graphs['image_encoder'].file
ONE = torch.ones(1)


@pytest.fixture(scope='module')
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp('clips')
    for seed in range(2):
        write_clip(folder, seed)
    cache_clips(ColorEngine(tiny_memory()), folder)
    return folder


@pytest.fixture(scope='module')
def config(clips) -> MemoryRunConfig:
    return MemoryRunConfig(
        shape=tiny_memory(),
        data=MemoryDataConfig(str(clips), str(clips)),
        schedule=MemoryScheduleConfig(
            stages=[Stage(2, 1, 2, 2), Stage(3, 1, 2, 4)],
            warmup=1,
            checkpoint_every=2,
            validate_every=4,
            validation_clips=1,
        ),
    )


def trainer(config, folder) -> MemoryTrainer:
    return MemoryTrainer(config, folder, Fabric(accelerator='cpu', devices=1))


@dataclass(frozen=True)
class Finished:
    """A whole run of the Perceiver, and what there was before it."""

    run: MemoryTrainer
    folder: Path
    weights: dict[str, torch.Tensor]
    encoder: str


@pytest.fixture(scope='module')
def finished(config, tmp_path_factory) -> Finished:
    folder = tmp_path_factory.mktemp('finished')
    run = trainer(config, folder)
    weights = {name: value.clone() for name, value in run.network.state_dict().items()}
    before = Finished(run, folder, weights, file_sha256(IMAGE_ENCODER))
    run.run()
    return before


def dataset(clips, frames: int) -> MemoryClips:
    stage = (Stage(frames, 1, 2, 1),)
    return MemoryClips({clips: 1.0}, ENCODER, stage, 2, MaskErrors(0.0), whole=True)


def whole_clip(clips) -> ClipBatch:
    return dataset(clips, 8)[0]


def test_it_learns_to_follow_a_mask(clips, config):
    torch.manual_seed(0)
    run = MemoryRunConfig(shape=tiny_memory())
    network = VideoMemory(run.memory)
    batch = dataset(clips, 4)[0]
    optimizer = torch.optim.AdamW(network.parameters(), 3e-3)
    totals = []
    for _ in range(8):
        losses = []
        for step in rollout(network, batch, Plan.free(batch), run.gate):
            i = step.index
            truth = batch.masks[i], batch.visible[i], batch.absent[i]
            losses.append(weighted(memory_loss(step.found, *truth), run.loss))
        total = torch.stack(losses).mean()
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        totals.append(total.item())
    assert totals[-1] < 0.6 * totals[0]


@pytest.mark.parametrize('kind', ['perceiver', 'dense'])
def test_an_interrupted_run_ends_like_an_uninterrupted_one(config, finished, tmp_path, kind):
    whole, config = finished.folder, replace(config, kind=kind)
    if kind != finished.run.config.kind:
        whole = tmp_path / 'whole'
        trainer(config, whole).run()
    first = trainer(config, tmp_path / 'parts')
    original = first._milestones

    def milestones(step: int) -> None:
        original(step)
        if step == 2:
            raise KeyboardInterrupt

    first._milestones = milestones  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        first.run()
    resumed = trainer(config, tmp_path / 'parts')
    assert resumed.first == 2
    resumed.run()
    states = [
        torch.load(folder / CHECKPOINT, weights_only=True)
        for folder in (whole, tmp_path / 'parts')
    ]
    for part in ('model', 'average'):
        for name, value in states[0][part].items():
            assert torch.equal(value, states[1][part][name]), name


def test_a_run_moves_the_memory_and_leaves_the_encoder_alone(config, finished):
    run, weights = finished.run, finished.weights
    assert file_sha256(IMAGE_ENCODER) == finished.encoder
    moved = [n for n, v in run.network.state_dict().items() if not torch.equal(v, weights[n])]
    assert any(n.startswith('track_step') for n in moved)
    assert any(n.startswith('memorise') for n in moved)
    saved = load_memory(finished.folder / WEIGHTS, ENCODER)
    assert saved.config == config.memory
    torch.testing.assert_close(saved.state_dict(), run.average.state_dict())


def test_each_source_is_validated_by_itself_as_well(config, clips, finished, tmp_path):
    sources = {name: ScenesConfig(str(clips), str(clips), 1.0) for name in ('pans', 'clean')}
    sources['printed'] = ScenesConfig('nowhere', 'nowhere', 0.0)
    run = trainer(replace(config, data=MemoryDataConfig(sources=sources)), tmp_path)
    run.average.load_state_dict(finished.run.average.state_dict())
    found, alone = run.validate(), finished.run.validate()
    assert {name for name in found if name.endswith('/val_iou')} == {
        'pans/val_iou',
        'clean/val_iou',
    }
    for name, value in alone.items():
        assert found[name] == pytest.approx(value) == pytest.approx(found[f'pans/{name}'])


def test_weights_of_another_encoder_or_shape_are_refused(config, tmp_path):
    save_memory(
        tmp_path / WEIGHTS, config.memory, ENCODER, VideoMemory(config.memory).state_dict()
    )
    with pytest.raises(WeightError, match='another image encoder'):
        load_memory(tmp_path / WEIGHTS, replace(ENCODER, image_encoder='0' * 64))
    (tmp_path / WEIGHTS).write_bytes((tmp_path / WEIGHTS).read_bytes()[:900])
    with pytest.raises(WeightError, match='no usable memory'):
        load_memory(tmp_path / WEIGHTS)
    with pytest.raises(WeightError, match='does not exist'):
        load_memory(tmp_path / 'none.pt')


def test_a_cache_of_another_encoder_stops_the_run(config, tmp_path, monkeypatch):
    other = replace(ENCODER, image_encoder='0' * 64)
    monkeypatch.setattr(EncoderIdentity, 'of', classmethod(lambda cls, manifest: other))
    with pytest.raises(FeatureCacheError, match='other weights'):
        trainer(config, tmp_path)


def test_by_appearance_a_cell_reads_the_cells_that_look_like_it(clips):
    """Before any training, a frame's mask can be found in what it reads of itself."""
    network = VideoMemory(replace(tiny_memory('dense'), attention_layers=2))
    torch.manual_seed(0)
    initialize_by_appearance(network, sample_levels(dataset(clips, 2)))
    memory = network.memorise
    frame = whole_clip(clips).frame(0)[-1]
    seen = memory.memory_encoder(memory.level_norm(frame), torch.full((1, 24, 32), -10.0), ONE)
    tokens = network.track_step.level_norms[2](frame).flatten(2).transpose(1, 2)
    for layer in network.track_step.memory_attention.layers:
        keys = layer.cross_attn.k_proj(seen.flatten(2).transpose(1, 2)[0])
        queries = layer.cross_attn.q_proj(layer.norm2(tokens))[0]
        reading = (queries @ keys.T / 8).softmax(1)
        for mask in whole_clip(clips).masks[0]:
            cover = torch.nn.functional.adaptive_avg_pool2d(mask[None], (3, 4)).flatten()
            found = reading @ cover
            assert found @ cover / cover.sum() > 1.5 * found[cover == 0].mean()


def test_a_memory_of_a_larger_image_begins_on_its_own_grid(clips):
    large = replace(tiny_memory(), level_grid=(6, 8))
    torch.manual_seed(0)
    levels = tuple(
        torch.randn(4, channels, *size)
        for channels, size in zip(large.level_channels, large.level_sizes)
    )
    network = VideoMemory(large)
    initialize_by_appearance(network, levels)
    assert all(value.isfinite().all() for value in network.state_dict().values())
    seen = network.memorise.level_norm(torch.nn.functional.avg_pool2d(levels[-1], 2))
    torch.testing.assert_close(seen.std((0, 2, 3)), torch.ones(96), atol=0.01, rtol=0)
    truth = torch.zeros(4, 4, 48, 64)
    truth[..., 12:30, 20:40] = 1
    shares = torch.full((4, 4), 0.1)
    four = tuple(x[None] for x in levels)
    batch = ClipBatch(four, truth, truth, shares, torch.ones(4))
    assert object_direction(network.memorise, batch).norm() == pytest.approx(1)


def test_another_shape_is_not_started_by_appearance(clips):
    narrow = VideoMemory(replace(tiny_memory(), attention_width=32))
    with pytest.raises(ValueError, match='as wide as a memory token'):
        initialize_by_appearance(narrow, ())


def test_a_perceiver_starts_from_a_dense_memory(clips, config, tmp_path):
    path = tmp_path / 'dense.pt'
    dense = VideoMemory(tiny_memory('dense'))
    save_memory(path, dense.config, ENCODER, dense.state_dict())
    run = trainer(replace(config, initialize_from=str(path)), tmp_path / 'run')
    state = run.network.state_dict()
    for name, value in dense.state_dict().items():
        assert torch.equal(state[name], value), name
    direction = object_direction(run.network.memorise, whole_clip(clips))
    assert direction.norm() == pytest.approx(1)
    latents = run.network.memorise.perceiver.global_latents
    likeness = torch.nn.functional.cosine_similarity(latents, direction[None])
    assert likeness[0] > 0.5 > -0.5 > likeness[1]
    wide = replace(tiny_memory('dense'), memory_width=32)
    save_memory(path, wide, ENCODER, VideoMemory(wide).state_dict())
    with pytest.raises(WeightError, match='cannot start from'):
        trainer(replace(config, initialize_from=str(path)), tmp_path / 'other')


def test_a_dense_teacher_adds_its_terms(config, tmp_path):
    dense = replace(config, kind='dense').memory
    save_memory(tmp_path / 'dense.pt', dense, ENCODER, VideoMemory(dense).state_dict())
    short = replace(config.schedule, stages=[Stage(3, 1, 2, 2)])
    taught = replace(config, teacher=str(tmp_path / 'dense.pt'), schedule=short)
    run = trainer(taught, tmp_path / 'student')
    kept = {name: value.clone() for name, value in run.teacher.state_dict().items()}
    batch = run.clips[0]
    loss = run.compute_loss(batch, Plan.free(batch))
    assert loss['features'] > 0 and loss['agreement'] > 0
    run.run()
    assert all(torch.equal(v, kept[n]) for n, v in run.teacher.state_dict().items())


@pytest.mark.parametrize('seed', range(3))
def test_the_ring_is_the_trackers(seed):
    """Any sequence of views leaves the same bank as in ``tracking.memory_ring``."""
    config = replace(tiny_memory(), conditioning_slots=2, recent_slots=3, pointer_slots=4)
    layout, rng = memory_layout(config), np.random.default_rng(seed)
    ring = MemoryRing(layout, 2)
    first = rng.normal(size=(2, layout.latents, layout.width)).astype(np.float32)
    for row in range(2):
        ring.condition(row, first[row], 0)
    state = MemoryState.begin(config, torch.from_numpy(first))
    for frame in range(1, 12):
        state = state.aged(torch.ones(2))
        for name, value in ring.bank([0, 1], frame).items():
            np.testing.assert_allclose(getattr(state.bank, name).numpy(), value, err_msg=name)
        latents = rng.normal(size=first.shape).astype(np.float32)
        pointers = rng.normal(size=(2, layout.pointer_width)).astype(np.float32)
        kind = rng.integers(0, 3, 2)
        for row in range(2):
            if kind[row] == 1:
                ring.append(row, latents[row])
            if kind[row] == 2:
                ring.condition(row, latents[row], frame)
            if kind[row]:
                ring.point(row, pointers[row], frame)
        kinds = torch.from_numpy(kind)
        state = state.add(
            latents=torch.from_numpy(latents),
            recent=kinds == 1,
            conditioning=kinds == 2,
            pointers=torch.from_numpy(pointers),
            pointed=kinds > 0,
        )


def test_the_gate_is_the_trackers():
    tracker = TrackerConfig()
    assert Gate() == Gate(tracker.admit_object_score, tracker.admit_quality)


def test_forced_objects_get_true_masks_and_free_ones_pass_the_gate(clips):
    batch = whole_clip(clips)
    network = VideoMemory(tiny_memory()).eval()
    seen: list[torch.Tensor] = []
    original = network.memorise.forward

    def spy(level, logits, score):
        seen.append(logits.clone())
        return original(level, logits, score)

    network.memorise.forward = spy
    plan = Plan(torch.tensor([True, False]), torch.zeros_like(batch.visible))
    with torch.no_grad():
        steps = list(rollout(network, batch, plan, Gate()))
    assert [s.index for s in steps] == list(range(1, 8))
    for index, logits in enumerate(seen[1:], 1):
        torch.testing.assert_close((logits[0] / 10 + 1) / 2, batch.masks[index, 0])
        assert not torch.allclose((logits[1] / 10 + 1) / 2, batch.masks[index, 1], atol=0.05)
    none = Plan(torch.tensor([False, False]), torch.zeros_like(batch.visible))
    with torch.no_grad():
        closed = [s.found for s in rollout(network, batch, none, Gate(quality=1.1))]
        again = [s.found for s in rollout(network, batch, none, Gate(quality=1.1))]
    assert torch.equal(closed[-1].mask_logits, again[-1].mask_logits)


def test_absent_objects_teach_visibility_and_nothing_else():
    logits = torch.zeros(2, 3, 24, 32, requires_grad=True)
    qualities = torch.full((2, 3), 0.5, requires_grad=True)
    visibility = torch.zeros(2, requires_grad=True)
    empty = torch.zeros(2, 3, 4)
    found = Hypotheses(logits, qualities, visibility, empty, empty)
    truth = torch.zeros(2, 24, 32)
    truth[0, 4:12, 4:12] = 1
    visible = torch.tensor([True, False])
    weights = MemoryLossWeights()
    weighted(memory_loss(found, truth, visible, ~visible), weights).backward()
    assert logits.grad[0].abs().sum() > 0 and logits.grad[1].abs().sum() == 0
    assert qualities.grad[0].abs().sum() > 0 and qualities.grad[1].abs().sum() == 0
    assert visibility.grad[0] < 0 < visibility.grad[1]
    none = torch.tensor([False, False])
    loss = memory_loss(found, truth, none, none)
    assert weighted(loss, weights) == 0 and torch.isfinite(loss['iou'])


def test_validation_counts_a_perfect_and_a_blind_memory(clips):
    batch = whole_clip(clips)
    network = VideoMemory(tiny_memory()).eval()

    def perfect(index_of):
        def hypotheses(level_0, level_1, level_2, bank):
            index = next(index_of)
            masks = ((batch.masks[index] - 0.5) * 20)[:, None]
            score = torch.where(batch.visible[index], 5.0, -5.0)
            ones = torch.ones(2, 1)
            return Hypotheses(masks, ones, score, torch.zeros(2, 1, 96), torch.zeros(2, 12, 96))

        return hypotheses

    network.track_step.hypotheses = perfect(iter(range(1, 8)))
    figures = validate(network, [batch], Gate())
    assert figures['val_iou'] == figures['val_return_iou'] == 1
    assert figures['val_absent_accuracy'] == figures['val_visible_accuracy'] == 1
    batch = replace(batch, masks=batch.masks.flip(1))
    network.track_step.hypotheses = perfect(iter(range(1, 8)))
    assert validate(network, [whole_clip(clips)], Gate())['val_iou'] < 0.2
    assert len(ABSENT) == 3


@pytest.mark.parametrize(
    'text, message',
    [
        ('kindd: dense', "kindd: Key 'kindd' not in .* Did you mean: 'kind'"),
        ('schedule: {stepz: 3}', "schedule.stepz: Key 'stepz' not in 'MemoryScheduleConfig'"),
        ('kind: sparse', "kind: .*'sparse'.*'perceiver', 'dense'"),
        ('schedule: {stages: [{frames: 1, clips: 1, objects: 1, until: 5}]}', '2 frames'),
        ('schedule: {stages: []}', 'needs a stage'),
        ('data: {sources: {pans: {train: a, share: 1}}}', 'sources.pans both train and'),
        ('schedule: {free_running_from: 0.1}', 'teacher_forcing_until <= free_running_from'),
        ('schedule: {trusted: 0.1}', 'schedule.trusted is now schedule.conditioning_share'),
        ('start: w.pt', 'start is now initialize_from'),
        ('a: [', 'not YAML'),
    ],
)
def test_wrong_settings_are_named(tmp_path, text, message):
    path = tmp_path / 'c.yaml'
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        MemoryRunConfig.load(path)


def test_the_shipped_settings_share_shape_and_data():
    perceiver = MemoryRunConfig.load(CONFIGS / 'nano_memory.yaml')
    dense = MemoryRunConfig.load(CONFIGS / 'nano_memory_dense.yaml')
    assert perceiver.memory == nano_memory('perceiver')
    assert dense.memory == replace(perceiver.memory, kind='dense')
    assert perceiver.data == dense.data and perceiver.bundle == dense.bundle
    assert perceiver.initialize_from == perceiver.teacher == f'training/weights/{dense.name}.pt'
    shipped = load_memory(CONFIGS.parents[1] / perceiver.initialize_from).config
    # What a dense memory says of its Perceiver is of no account.
    assert replace(shipped, perceiver=dense.memory.perceiver) == dense.memory


def test_the_memory_for_real_pictures_fits_its_encoder():
    memory = MemoryRunConfig.load(CONFIGS / 'nano_real_memory.yaml')
    student = SupervisedConfig.load(CONFIGS / 'nano_real.yaml').student
    height, width = student.input_height, student.input_width
    assert memory.memory.level_grid == (height // 16, width // 16)
    assert memory.memory.level_channels == (student.pixel_width, student.width, student.width)
    assert memory.memory.grid == nano_memory().grid
    assert set(memory.data.used()) == {'pans', 'clean', 'printed', 'textured'}


def test_settings_may_spell_a_shape_out(tmp_path):
    path = tmp_path / 'c.yaml'
    path.write_text(yaml.safe_dump({'shape': to_lists(asdict(tiny_memory()))}))
    assert MemoryRunConfig.load(path).memory == tiny_memory()


def test_a_shape_may_be_that_of_a_larger_image(tmp_path):
    path = tmp_path / 'c.yaml'
    decoder = {'level_channels': [24, 96]}
    path.write_text(yaml.safe_dump({'shape': {'level_grid': [18, 24], 'decoder': decoder}}))
    memory = MemoryRunConfig.load(path).memory
    assert memory.level_sizes == ((144, 192), (36, 48), (18, 24))
    assert memory.level_channels == (24, 96, 96) and memory.grid == nano_memory().grid


def to_lists(value):
    if isinstance(value, dict):
        return {k: to_lists(v) for k, v in value.items()}
    return [to_lists(v) for v in value] if isinstance(value, tuple) else value


def test_true_masks_give_way_to_own_ones():
    schedule = MemoryScheduleConfig(stages=[Stage(4, 1, 1, 100)])
    shares = [schedule.teacher_forced(step) for step in range(100)]
    assert shares[0] == 1 and shares[29] == 1
    assert shares[99] == schedule.teacher_forcing_share < shares[50] < 1
    assert all(a >= b for a, b in pairwise(shares))


def test_the_command_line_reports_a_missing_file(tmp_path, capsys):
    assert main(['--config', str(tmp_path / 'no.yaml')]) == 2
    assert 'nano_memory.yaml' in capsys.readouterr().err


def test_a_run_never_lies_where_its_teacher_or_its_bundle_is(tmp_path, capsys):
    teacher, bundle = tmp_path / 'teacher' / 'memory.pt', find_bundle('nano_tabletop')
    teacher.parent.mkdir()
    teacher.write_text('precious')
    path = tmp_path / 'c.yaml'
    path.write_text(yaml.safe_dump({'teacher': str(teacher)}))
    for folder, message in ((teacher.parent, 'holds'), (bundle / 'run', 'lies in')):
        assert main(['--config', str(path), '--out', str(folder)]) == 2
        assert message in capsys.readouterr().err
    assert [p.name for p in teacher.parent.iterdir()] == ['memory.pt']
    assert not (bundle / 'run').exists()
