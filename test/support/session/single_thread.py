"""One thread per process: two processes that each take all cores are slower than either alone.

Import this before numpy and torch, which read the environment once.
"""

from __future__ import annotations

import os
from typing import Any

for _variable in ('OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'OPENBLAS_NUM_THREADS'):
    os.environ[_variable] = '1'


def limit_libraries() -> None:
    """Limit what has its own threads; a test that asks for a number of threads gets it."""
    import cv2
    import onnxruntime

    from efficientsam3_ros.engine import options

    options.usable_cores = lambda: 1
    cv2.setNumThreads(1)
    whole = onnxruntime.InferenceSession

    class OneThreadSession(whole):
        """A session that takes one core where its options leave it to take all."""

        def __init__(self, model: Any, sess_options: Any = None, *args: Any, **more: Any) -> None:
            options = sess_options or onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.intra_op_num_threads or 1
            super().__init__(model, options, *args, **more)

    onnxruntime.InferenceSession = OneThreadSession
