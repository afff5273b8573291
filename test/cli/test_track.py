"""``efficientsam3 track`` on every kind of input, with an engine that sees colours."""

import json
import shutil
import signal

import cv2
import numpy as np
import pytest
from scripted_engine import ColorEngine, painted_frame

from efficientsam3_ros.bags import BagReader, BagWriter
from efficientsam3_ros.bags.unpacking import zstd
from efficientsam3_ros.cli import track
from efficientsam3_ros.cli.main import main
from efficientsam3_ros.cli.support import result_folder as track_results
from efficientsam3_ros.cli.support.result_folder import ResultFolder
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder
from efficientsam3_ros.engine import find_bundle

FRAMES = 10


@pytest.fixture(autouse=True)
def engine(monkeypatch):
    monkeypatch.setattr(track, 'load_engine', lambda *_: ColorEngine())


def frames():
    for i in range(FRAMES):
        boxes = {'red': (4 + 2 * i, 6, 12, 10), 'blue': (40, 30, 10, 10)}
        yield painted_frame(boxes, stamp_ns=1_000_000_000 + i * 100_000_000)


@pytest.fixture
def bag(tmp_path):
    path = tmp_path / 'clip.mcap'
    with BagWriter(path) as writer:
        for frame in frames():
            writer.image('/image', frame.rgb, 'rgb8', frame.stamp_ns, 'camera')
    return path


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / 'pictures'
    folder.mkdir()
    for i, frame in enumerate(frames()):
        cv2.imwrite(str(folder / f'{i:03}.png'), cv2.cvtColor(frame.rgb, cv2.COLOR_RGB2BGR))
    return folder


def run(source, out, *more) -> int:
    prompts = ['--prompts', 'red mug, a blue block']
    return main(['track', str(source), *prompts, '--out', str(out), *more])


def lines(out) -> list[dict]:
    return [json.loads(line) for line in (out / 'instances.jsonl').read_text().splitlines()]


def test_bag_gives_all_four_results(bag, tmp_path, capsys):
    out = tmp_path / 'out'
    assert run(bag, out) == 0
    rows = lines(out)
    assert len(rows) == FRAMES
    assert rows[3]['stamp_ns'] == 1_300_000_000
    assert [(i['concept'], i['track_id'], i['area']) for i in rows[3]['instances']] == [
        ('red mug', 1, 120),
        ('blue block', 2, 100),
    ]
    assert rows[3]['instances'][0]['roi'] == {'x': 10, 'y': 6, 'width': 12, 'height': 10}
    with BagReader(out / 'instances.mcap') as results:
        masks = [r.instances[0].mask for r in results.results('/tracker/instances')]
    assert masks[3].decode()[6:16, 10:22].all()
    video = cv2.VideoCapture(str(out / 'overlay.mp4'))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == FRAMES
    assert cv2.imread(str(out / 'contact_sheet.png')).shape[1] == 1600
    printed = capsys.readouterr().out
    assert '10 frames' in printed
    assert 'red mug' in printed


def test_the_overlay_plays_at_the_rate_of_the_stamps(tmp_path):
    path = tmp_path / 'clip.mcap'
    with BagWriter(path) as writer:
        for i, frame in enumerate(frames()):
            writer.image('/image', frame.rgb, 'rgb8', 10**9 + round(i * 1e9 / 30), 'camera')
    assert run(path, tmp_path / 'out') == 0
    video = cv2.VideoCapture(str(tmp_path / 'out' / 'overlay.mp4'))
    assert video.get(cv2.CAP_PROP_FPS) == pytest.approx(30, abs=0.1)


@pytest.mark.parametrize('count', ['0', '-1'])
def test_less_than_one_frame_is_refused_by_name(bag, tmp_path, capsys, count):
    assert run(bag, tmp_path / 'out', '--max-frames', count) == 2
    assert '--max-frames' in capsys.readouterr().err


def test_a_bag_and_its_compressed_file_give_the_same(bag, tmp_path):
    packed = tmp_path / 'clip.mcap.zstd'
    packed.write_bytes(zstd.compress(bag.read_bytes()))
    for path, name in ((bag, 'one'), (packed, 'two')):
        assert run(path, tmp_path / name, '--no-video') == 0
    first, second = ((tmp_path / n / 'instances.jsonl').read_bytes() for n in ('one', 'two'))
    assert first == second


def test_our_own_results_are_no_input(bag, tmp_path, capsys):
    assert run(bag, tmp_path / 'one', '--no-video') == 0
    assert run(tmp_path / 'one', tmp_path / 'two') == 2
    assert 'results of an earlier run' in capsys.readouterr().err


def test_second_run_gives_the_same_bytes(bag, tmp_path):
    for name in ('one', 'two'):
        assert run(bag, tmp_path / name, '--no-video') == 0
    for file in ('instances.jsonl', 'instances.mcap', 'contact_sheet.png'):
        first, second = ((tmp_path / name / file).read_bytes() for name in ('one', 'two'))
        assert first == second


def test_folder_of_pictures_skips_the_damaged_one_and_says_so(pictures, tmp_path, capsys):
    (pictures / '004.png').write_bytes(b'no picture')
    assert run(pictures, tmp_path / 'out', '--fps', '10') == 0
    rows = lines(tmp_path / 'out')
    assert [row['stamp_ns'] // 100_000_000 for row in rows] == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert '004.png cannot be decoded' in capsys.readouterr().err


def test_one_picture_and_a_video(pictures, tmp_path):
    assert run(pictures / '002.png', tmp_path / 'one') == 0
    assert len(lines(tmp_path / 'one')) == 1
    assert run(pictures, tmp_path / 'film') == 0
    assert run(tmp_path / 'film' / 'overlay.mp4', tmp_path / 'again', '--max-frames', '4') == 0
    assert len(lines(tmp_path / 'again')) == 4


def test_unknown_words_are_warned_of(bag, tmp_path, capsys):
    arguments = ['--prompts', 'red zebra', '--out', str(tmp_path / 'out'), '--no-video']
    assert main(['track', str(bag), *arguments]) == 0
    assert 'never seen "zebra" of "red zebra"' in capsys.readouterr().err


def test_existing_output_is_kept_unless_forced(bag, tmp_path, capsys):
    out = tmp_path / 'out'
    out.mkdir()
    (out / 'mine.txt').write_text('precious')
    assert run(bag, out) == 2
    assert 'add --force' in capsys.readouterr().err
    assert (out / 'mine.txt').exists()
    assert run(bag, out, '--force') == 2
    assert (out / 'mine.txt').read_text() == 'precious'


def test_earlier_results_are_replaced_by_force(bag, tmp_path, capsys):
    out = tmp_path / 'out'
    assert run(bag, out) == 0
    assert run(bag, out) == 2
    assert 'add --force' in capsys.readouterr().err
    assert run(bag, out, '--force', '--no-video') == 0
    assert not (out / 'overlay.mp4').exists()
    assert len(lines(out)) == FRAMES
    assert {path.name for path in tmp_path.iterdir()} == {'clip.mcap', 'out'}


def test_the_clip_the_bundle_and_the_parameters_are_never_the_output(bag, pictures, tmp_path):
    for folder in (pictures, tmp_path / 'bundle'):
        folder.mkdir(exist_ok=True)
        mark_folder(folder, ResultKind.TRACK)
    shutil.copytree(find_bundle(), tmp_path / 'bundle', dirs_exist_ok=True)
    (pictures / 'tracker.yaml').write_text('max_tracks: 4\n')
    before = {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()}
    for source, out, *more in (
        (pictures, pictures),
        (pictures / '000.png', pictures),
        (bag, tmp_path),
        (bag, bag),
        (pictures, pictures / 'out'),
        (bag, tmp_path / 'bundle', '--bundle', str(tmp_path / 'bundle')),
        (bag, pictures, '--params', str(pictures / 'tracker.yaml')),
    ):
        assert run(source, out, '--force', *more) == 2
    assert {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()} == before


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('missing.mp4', None, 'does not exist'),
        ('broken.mp4', b'no video', 'cannot be read as a video'),
        ('broken.png', b'no picture', 'no readable picture'),
        ('broken.mcap', b'no bag at all, this', 'no MCAP file'),
    ],
)
def test_unreadable_input_is_refused_and_leaves_no_output(
    tmp_path, capsys, name, content, message
):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert run(tmp_path / name, tmp_path / 'out') == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / 'out').exists()


def test_tracker_settings_reach_the_tracker_and_are_checked(bag, tmp_path, capsys):
    assert run(bag, tmp_path / 'out', '--min-area-px', '110', '--no-video') == 0
    assert {i['concept'] for row in lines(tmp_path / 'out') for i in row['instances']} == {
        'red mug'
    }
    assert run(bag, tmp_path / 'other', '--detect-every', '0') == 2
    assert 'detect_every lies in 1..100' in capsys.readouterr().err


@pytest.fixture
def configs(monkeypatch):
    """Return the settings that trackers were made with."""
    real, seen = track.ConceptTracker, []

    def tracker(engine, config):
        seen.append(config)
        return real(engine, config)

    monkeypatch.setattr(track, 'ConceptTracker', tracker)
    return seen


@pytest.mark.parametrize(
    ('words', 'memory'),
    [([], True), (['--memory'], True), (['--no-memory'], False), (['--memory=false'], False)],
)
def test_the_memory_is_off_when_it_is_turned_off(bag, tmp_path, configs, words, memory):
    assert run(bag, tmp_path / 'out', '--no-video', *words) == 0
    assert [config.memory for config in configs] == [memory]


@pytest.mark.parametrize('order', [1, -1])
@pytest.mark.parametrize(('value', 'memory'), [('false', False), ('True', True)])
def test_a_word_after_a_flag_is_its_value(bag, tmp_path, configs, order, value, memory):
    words = [['--prompts', 'red mug', '--out', str(tmp_path / 'out')], ['--memory', value]]
    words = [word for pair in words[::order] for word in pair]
    assert main(['track', *words[:2], str(bag), *words[2:], '--no-video']) == 0
    assert [config.memory for config in configs] == [memory]


def test_settings_come_from_a_file_and_options_come_before_it(bag, tmp_path, configs, capsys):
    file = tmp_path / 'tracker.yaml'
    file.write_text('tracking:\n  memory: false\n  detect_every: 3\n  min_area_px: 110\n')
    words = ['--no-video', '--params', str(file), '--detect-every', '2']
    assert run(bag, tmp_path / 'out', *words) == 0
    (config,) = configs
    assert (config.memory, config.detect_every, config.min_area_px) == (False, 2, 110)
    assert config.confirm_hits == 3
    assert run(bag, tmp_path / 'other', '--params', str(tmp_path / 'none.yaml')) == 2
    assert 'none.yaml cannot be read' in capsys.readouterr().err


def test_contact_sheet_of_a_long_clip_stays_small():
    from efficientsam3_ros.cli.support.result_folder import ContactSheet

    sheet = ContactSheet()
    for i in range(1000):
        sheet.add(np.full((30, 40, 3), i // 4, np.uint8), str(i))
    image = sheet.image()
    assert image.shape == (900, 1600, 3)
    assert image[10, 10, 0] == 0
    assert image[850, 1590, 0] > 220


def readable(out) -> tuple[int, int]:
    """Return how many lines and how many results of the bag can be read."""
    with BagReader(out / 'instances.mcap') as results:
        return len(lines(out)), len(list(results.results('/tracker/instances')))


@pytest.fixture
def heeds_ctrl_c():
    """Hear SIGINT, which shells have jobs in the background ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures('heeds_ctrl_c')
@pytest.mark.parametrize(('number', 'code'), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_what_was_done_before_a_signal_is_kept_and_told(
    pictures, tmp_path, monkeypatch, capsys, number, code
):
    real = ResultFolder.add

    def add(folder, *frame):
        real(folder, *frame)
        if folder.frames == 4:
            signal.raise_signal(number)

    monkeypatch.setattr(ResultFolder, 'add', add)
    out = tmp_path / 'out'
    assert run(pictures, out) == code
    assert readable(out) == (4, 4)
    assert cv2.VideoCapture(str(out / 'overlay.mp4')).read()[0]
    assert f'What was done is kept in {out}. 4 frames were tracked.' in capsys.readouterr().err


def test_a_missing_artefact_is_named(pictures, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(track_results, 'write_picture', lambda *_: None)
    assert run(pictures, tmp_path / 'out') == 2
    assert 'contact_sheet.png is missing or empty' in capsys.readouterr().err
