"""What nodes say of a frame against the truth."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.core.id_image import object_masks, truth_result
from efficientsam3_ros.evaluation.objects.measure import Heard, measure_film, measure_frame
from efficientsam3_ros.evaluation.objects.truth import phrase_of, phrases_in, true_objects
from efficientsam3_ros.scene3d import OrientedBox
from efficientsam3_ros.simulation import TabletopConfig
from efficientsam3_ros.simulation.camera.renderer import RendererError
from efficientsam3_ros.simulation.spatial_truth import SpatialTabletop

CONFIG = TabletopConfig(seed=5, pack='primitives', width=240, height=180, frames=4)


@pytest.fixture(scope='module')
def frames():
    """Return each frame with its true objects, and what perfect nodes would say of it."""
    found = []
    try:
        with SpatialTabletop(CONFIG) as table:
            named = {item.id: {phrase_of(item)} for item in table.objects}
            for seen in table.frames():
                objects = true_objects(table, seen)
                phrases = phrases_in(table, seen)
                found.append((seen, objects, perfect(seen, objects, named, phrases)))
    except RendererError as error:
        pytest.skip(str(error))
    return found


def perfect(seen, objects, named, phrases) -> Heard:
    masks = object_masks(seen.ids)
    size = seen.ids.shape
    truth = truth_result(masks, named, phrases, size, seen.stamp_ns, 'camera', 0.0)
    result = replace(
        truth,
        instances=tuple(
            replace(item, track_id=100 + item.track_id % 1000, label=item.track_id % 1000)
            for item in truth.instances
        ),
    )
    middles = {item.id: item.middle for item in objects}
    boxes = {100 + item.id: item.box for item in objects}
    return Heard(truth, result, middles, boxes, (objects[0].id, objects[0].thinned_middle))


def test_perfect_answers_have_no_error(frames):
    seen, objects, heard = frames[0]
    rows = measure_frame(5, seen, objects, heard)
    assert [row.object for row in rows] == [item.id for item in objects]
    for row in rows:
        assert (row.mask_iou, row.middle_mm) == (1.0, 0.0)
        assert row.box_iou == pytest.approx(1, abs=1e-3) and row.box_m == row.true_box_m
    assert [row.target_mm for row in rows] == [0.0] + [None] * (len(rows) - 1)
    assert {row.counts for row in rows} == {True, False}


def test_errors_are_those_that_were_made(frames):
    seen, objects, heard = frames[0]
    first, second = objects[0], objects[1]
    moved = OrientedBox(
        first.box.center + first.box.rotation[:, 0] * first.box.size[0] / 2,
        first.box.rotation,
        first.box.size,
    )
    wrong = replace(
        heard,
        middles={**heard.middles, first.id: first.middle - (0, 0.003, 0.004)},
        boxes={100 + first.id: moved},
    )
    row, other = measure_frame(5, seen, objects, wrong)[:2]
    assert row.middle_mm == pytest.approx(5)
    assert row.box_iou == pytest.approx(1 / 3, abs=1e-3)
    assert (other.object, other.mask_iou, other.box_iou, other.box_m) == (second.id, 1.0, None, ())


def test_an_object_of_another_name_is_not_its_answer(frames):
    seen, objects, heard = frames[0]
    number = objects[0].id
    renamed = tuple(
        replace(item, concept='something else') if item.label == number else item
        for item in heard.result.instances
    )
    other = replace(heard, result=replace(heard.result, instances=renamed))
    row = measure_frame(5, seen, objects, other)[0]
    assert (row.object, row.mask_iou, row.middle_mm) == (number, None, None)


def test_images_find_their_frames_by_their_masks(frames):
    heard = {('a', 30): frames[2][2], ('b', 10): frames[0][2], ('b', 40): frames[2][2]}
    strange = replace(frames[1][2], truth=replace(frames[1][2].truth, instances=()))
    with SpatialTabletop(CONFIG) as table:
        found = measure_film(table, {**heard, ('c', 1): strange})
    numbers = {item.key: item.seen.index for item in found}
    assert numbers == {('a', 30): 2, ('b', 10): 0, ('b', 40): 2}
    assert all(row.middle_mm == 0 for item in found for row in item.rows)
