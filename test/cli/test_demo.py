"""The demonstration with two real ROS 2 processes, on small pictures."""

import json
import os
from pathlib import Path

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('efficientsam3_ros.msg')
pytest.importorskip('efficientsam3_ros.simulation')

from efficientsam3_ros.cli import demo
from efficientsam3_ros.engine import DEFAULT_BUNDLE
from efficientsam3_ros.engine.bundles import find_bundle
from efficientsam3_ros.harness.score_process import ScoreProcess
from efficientsam3_ros.harness.session import RosSession, SessionError
from efficientsam3_ros.nodes.cameras.simulation_source import CameraSettings
from efficientsam3_ros.nodes.tracker.settings import NodeSettings

pytestmark = pytest.mark.dds


@pytest.fixture(autouse=True)
def variables():
    """Take back what the session adds to the environment."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def is_alive(pid: int) -> bool:
    return Path(f'/proc/{pid}').exists()


def test_camera_and_tracker_meet_are_scored_and_end(tmp_path, capsys):
    bundle = str(find_bundle(DEFAULT_BUNDLE))
    concepts = ('object', 'screwdriver')
    tracker = NodeSettings(bundle, prompts=concepts)
    camera = CameraSettings(rate=5.0, seconds=1.0, width=160, height=120, concepts=concepts)
    with RosSession(tracker, camera, tmp_path, images=True, results=True) as session:
        session.start_both()
        recording = session.recording

        def heard() -> list[int]:
            # The tracker may have met the camera before the listener did.
            return [stamp for stamp in recording.results if stamp >= min(recording.offered)]

        session.wait_until_running()
        session.wait(lambda: len(heard()) >= 3, 60.0, 'Less than three results')
        session.listen(1.0)
        pids = session.tracker.pid, session.camera.pid
        assert session.tracker.resident_bytes() > 10_000_000
    assert not any(is_alive(pid) for pid in pids)
    assert 3 <= len(heard()) <= len(recording.offered)
    with ScoreProcess() as process:
        demo._show(recording, concepts, tmp_path, process)
    summary = json.loads((tmp_path / 'summary.json').read_text())
    live = summary['live']
    accounted = live['processed'] + sum(live['dropped'].values())
    assert 0 <= live['received'] - accounted <= 2
    assert summary['metrics']['objects'], 'the simulator showed no object at all'
    assert (tmp_path / 'contact_sheet.png').is_file()
    assert 'J&F' in capsys.readouterr().out


def test_stored_concepts_are_those_that_the_default_scene_shows():
    shown = demo.shown_concepts(None, 'printed', demo.SEED, 20.0)
    assert shown == demo.survey('printed', demo.SEED, 20.0)


@pytest.mark.parametrize(
    ('bundle', 'said'),
    [('no/such/folder', 'no/such/folder'), ('nano_tabletop', 'was replaced; name "nano"')],
)
def test_tracker_without_a_bundle_is_told_at_once_and_nothing_is_left_running(
    tmp_path, bundle, said
):
    tracker = NodeSettings(bundle, prompts=('mug',))
    small = {'rate': 5.0, 'width': 160, 'height': 120}
    camera = CameraSettings(seconds=1.0, loop=False, concepts=('mug',), **small)
    session = RosSession(tracker, camera, tmp_path, images=False, results=False)
    with pytest.raises(SessionError, match=f'cannot start: .*{said}'), session:
        session.start_both()
        session.wait_until_running()
    assert not is_alive(session.tracker.pid)
    assert not is_alive(session.camera.pid)
