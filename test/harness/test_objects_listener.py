"""What was heard of the objects node, image by image."""

from __future__ import annotations

from efficientsam3_ros.harness.objects_listener import OutputRecording


def test_only_stamps_of_all_outputs_are_complete():
    recording = OutputRecording(stamps={'markers': [1, 2], 'target_mask': [2, 3]})
    assert recording.begun == {1, 2, 3}
    assert recording.complete == {2}
