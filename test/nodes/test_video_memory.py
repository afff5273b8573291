"""The node with a bundle that has a video memory: what is published, freed and reported."""

from __future__ import annotations

from dataclasses import replace

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')

from node_rig import colored_image  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from remembering_engine import RememberingEngine, memory_manifest  # noqa: E402
from scripted_engine import Seen, look  # noqa: E402
from std_srvs.srv import Trigger  # noqa: E402

from efficientsam3_ros.msg import Instance, Prompt  # noqa: E402
from efficientsam3_ros.nodes.tracker.tracker_node import TrackerNode  # noqa: E402
from efficientsam3_ros.srv import RemoveTracks, SetPrompts  # noqa: E402

pytestmark = pytest.mark.dds

RED = Seen(10, 10, who=1)
OTHER = Seen(40, 30, embedding=look(4), who=2)


class Stage:
    """A node whose camera shows scenes."""

    def __init__(self, make_rig, **parameters):
        self.engine = RememberingEngine(memory_manifest(exemplars=True))
        given = {'prompts': ['red mug'], **parameters}
        self.rig = make_rig(engine_loader=lambda *_: self.engine, **given)
        self.camera = self.rig.camera()
        self.sec = 0

    def show(self, *scene, times=1):
        """Return the last result."""
        self.engine.scene = scene
        for _ in range(times):
            self.sec += 1
            result = self.rig.exchange(self.camera, colored_image({}, self.sec))
        return result

    def ask(self, **fields):
        """Set the prompt ``red mug`` with exemplars."""
        request = SetPrompts.Request(prompts=[Prompt(concept='red mug', **fields)])
        answer = self.rig.call(SetPrompts, '/tracker/set_prompts', request)
        assert answer.success, answer.message

    def remembered(self, count):
        """Wait for a report of that many remembered objects."""
        return self.rig.report_where(
            lambda r: r.get('remembered objects') == str(count), f'{count} remembered objects'
        )

    def trusted(self, track_id):
        """Return the frame of a track's last trusted view."""
        # Between two frames: a result is published before its frame is remembered.
        return self.rig.tracker._pipeline().call(
            lambda tracker: tracker._inference.memory.ring.conditioned(track_id)
        )


@pytest.fixture
def make_stage(make_rig):
    return lambda **parameters: Stage(make_rig, **parameters)


def test_a_mask_that_memory_found_is_published_with_age_state_and_quality(make_stage):
    stage = make_stage(**{'tracking.memory_only_share': 1.0})
    (born,) = stage.show(RED).instances
    assert (born.state, born.age) == (Instance.NEW, 0)
    stage.show(RED, times=2)
    missed = replace(RED, x=14, score=0.0, memory_quality=0.75)
    (item,) = stage.show(missed).instances
    assert (item.track_id, item.state, item.age) == (born.track_id, Instance.TRACKED, 3)
    assert (item.roi.x_offset, item.area) == (14, 100)
    assert item.mask_quality == pytest.approx(0.75)
    (item,) = stage.show().instances
    assert (item.state, item.age, item.area) == (Instance.OCCLUDED, 4, 0)


def test_removed_and_forgotten_tracks_free_the_memory(make_stage):
    stage = make_stage()
    first, _ = stage.show(RED, OTHER, times=2).instances
    size = stage.remembered(2)['video memory (kB)']
    request = RemoveTracks.Request(track_ids=[first.track_id])
    assert stage.rig.call(RemoveTracks, '/tracker/remove_tracks', request).success
    stage.remembered(1)
    assert stage.rig.call(Trigger, '/tracker/reset', Trigger.Request()).success
    assert stage.remembered(0)['video memory (kB)'] == size


def test_diagnostics_tell_the_time_of_the_memory_until_cleanup(make_stage):
    stage = make_stage()
    stage.show(RED, times=3)
    report = stage.remembered(1)
    assert float(report['video memory (kB)']) > 0
    steps = {key for key in report if key.startswith('step: ')}
    assert {'step: propagation (ms)', 'step: detector (ms)', 'step: memorise (ms)'} <= steps
    stage.rig.tracker.trigger_deactivate()
    stage.rig.tracker.trigger_cleanup()
    stage.rig.report_where(lambda r: 'video memory (kB)' not in r, 'a report without memory')


def test_the_memory_is_switched_off_and_on_while_the_node_runs(make_stage):
    stage = make_stage()
    before = stage.show(RED, times=3).instances[0].track_id
    stage.rig.tracker.set_parameters([Parameter('tracking.memory', value=False)])
    runs = stage.engine.runs['track_step']
    assert stage.show(RED).instances[0].track_id == before
    stage.remembered(0)
    assert stage.engine.runs['track_step'] == runs
    stage.rig.tracker.set_parameters([Parameter('tracking.memory', value=True)])
    stage.show(RED)
    stage.remembered(1)


@pytest.mark.parametrize('word', ['off', 'false', 'no'])
def test_off_without_quotes_switches_the_memory_off(word, tmp_path):
    file = tmp_path / 'mine.yaml'
    file.write_text(f'/**:\n  ros__parameters:\n    tracking:\n      memory: {word}\n')
    context = Context()
    rclpy.init(context=context)
    arguments = ['--ros-args', '--params-file', str(file)]
    node = TrackerNode(lambda *_: RememberingEngine(), context=context, cli_args=arguments)
    assert node.get_parameter('tracking.memory').value is False
    node.destroy_node()
    rclpy.shutdown(context=context)


def test_an_exemplar_box_is_read_on_the_next_image(make_stage):
    stage = make_stage()
    stage.show(RED, times=2)
    stage.ask(boxes=[0.7, 0.7, 0.2, 0.2], box_labels=[1])
    stage.show(RED, OTHER)
    assert stage.engine.runs['exemplar_encoder'] == 1
    assert -2 in stage.engine.prompt_tokens[0, :, 0]


def test_a_point_on_a_track_makes_its_next_detection_a_trusted_view(make_stage):
    stage = make_stage(**{'tracking.recondition_every': 1000})
    stage.show(RED, OTHER, times=4)
    stage.ask(points=[15 / 64, 15 / 48], point_labels=[1])
    stage.show(RED, OTHER)
    assert (stage.trusted(1), stage.trusted(2)) == (4, 0)


def test_a_negative_point_hides_a_track_and_leaves_others_alone(make_stage):
    stage = make_stage()
    stage.show(RED, OTHER, times=4)
    stage.ask(points=[15 / 64, 15 / 48], point_labels=[0])
    stage.remembered(1)
    denied, other = stage.show(replace(RED, score=0.0), OTHER).instances
    assert (denied.state, denied.area) == (Instance.OCCLUDED, 0)
    assert (other.state, other.area) == (Instance.TRACKED, 100)
