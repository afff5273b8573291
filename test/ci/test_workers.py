"""A process of tests takes one core, and shares neither messages nor LLVM with another."""

from __future__ import annotations

import os
import subprocess
import sys

import cv2
from dds_domain import DOMAINS, claim_domain
import onnxruntime
import pytest
from rooms import PATHS
from tiny_onnx import write_tiny_bundle


def test_libraries_take_one_thread(tmp_path):
    torch = pytest.importorskip('torch')
    assert torch.get_num_threads() == 1
    assert cv2.getNumThreads() == 1
    graph = write_tiny_bundle(tmp_path) / 'detector.onnx'
    for options in (None, onnxruntime.SessionOptions()):
        session = onnxruntime.InferenceSession(graph, options)
        assert session.get_session_options().intra_op_num_threads == 1
    asked = onnxruntime.SessionOptions()
    asked.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(graph, asked)
    assert session.get_session_options().intra_op_num_threads == 2


def test_two_processes_have_two_domains():
    script = f"""
import sys
sys.path[:0] = {PATHS!r}
from dds_domain import claim_domain
print(claim_domain())
"""
    mine = claim_domain()
    found = subprocess.run([sys.executable, '-c', script], capture_output=True, check=True)
    other = int(found.stdout)
    assert mine != other
    assert {mine, other} <= set(DOMAINS)
    assert claim_domain() == mine


@pytest.mark.dds
def test_dds_runs_in_the_claimed_domain():
    assert os.environ['ROS_DOMAIN_ID'] == str(claim_domain())
    assert os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] == 'LOCALHOST'


def test_triton_cannot_be_imported():
    with pytest.raises(ImportError):
        import triton  # noqa: F401
