"""A node in a process of its own, which is always stopped again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import json
from pathlib import Path
import resource
import signal
import subprocess
import sys

NODES = {
    'tracker_node': 'efficientsam3_ros.nodes.tracker.tracker_node',
    'objects_node': 'efficientsam3_ros.nodes.objects.objects_node',
    'simulated_camera': 'efficientsam3_ros.nodes.cameras.simulated_camera',
    'bag_player': 'efficientsam3_ros.nodes.cameras.bag_player',
    'image_sender': 'efficientsam3_ros.harness.image_sender',
}
"""Executable to its module."""

_PATIENCE_S = {signal.SIGINT: 15.0, signal.SIGTERM: 5.0, signal.SIGKILL: 5.0}


class ChildError(RuntimeError):
    """A node ended by itself; the message holds its last words."""


class NodeProcess:
    """One of our nodes, started as ``python -m <module>``.

    Args:
        executable: One of :data:`NODES`.
        parameters: ROS parameters.
        rules: Remappings ``from:=to``, or ``__ns:=/camera``.
        folder: Gets ``<executable>.log`` and ``<executable>.yaml``.
        env: Environment variables.
        ends: Whether it is to end by itself when its work is done.
    """

    def __init__(
        self,
        executable: str,
        parameters: Mapping[str, object],
        rules: Sequence[str],
        folder: Path,
        env: Mapping[str, str],
        ends: bool = False,
    ) -> None:
        self._executable = executable
        self._ends = ends
        self._asked = False
        self.log = folder / f'{executable}.log'
        file = folder / f'{executable}.yaml'
        # JSON is YAML, and needs no escaping by hand.
        file.write_text(json.dumps({'/**': {'ros__parameters': dict(parameters)}}, indent=2))
        command = [sys.executable, '-m', NODES[executable], '--ros-args']
        command += ['--params-file', str(file), *(w for rule in rules for w in ('-r', rule))]
        with self.log.open('w', encoding='utf-8') as out:
            # A session of its own: Ctrl-C reaches us first, and we stop the children in order.
            self._process = subprocess.Popen(
                command,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def finished(self) -> bool:
        """Whether the node has done its work and ended without a fault."""
        return self._process.poll() == 0

    def check(self) -> None:
        """Make sure that the node is alive, or has ended as it should.

        Raises:
            ChildError: If it has ended; the message quotes the end of its log.
        """
        code = self._process.poll()
        if code is not None and not (code == 0 and self._ends):
            lines = self.log.read_text(encoding='utf-8', errors='replace').split('\n')
            words = [line.strip() for line in lines if line.strip()]
            last = words[-1] if words else 'it said nothing'
            raise ChildError(
                f'{self._executable} ended with code {code}: {last} (see {self.log}).'
            )

    def resident_bytes(self) -> int:
        """Return the resident memory of the process; 0 once it has ended."""
        statm = Path(f'/proc/{self.pid}/statm')
        if self._process.poll() is not None or not statm.is_file():
            return 0
        return int(statm.read_text().split()[1]) * resource.getpagesize()

    def ask_to_stop(self) -> None:
        """Ask the process to stop, once; it may still be working when this returns."""
        if not self._asked and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        self._asked = True

    def stop(self) -> int:
        """Stop the process, gently first; return its exit code."""
        self.ask_to_stop()
        for number, patience_s in _PATIENCE_S.items():
            if number != signal.SIGINT and self._process.poll() is None:
                self._process.send_signal(number)
            try:
                return self._process.wait(patience_s)
            except subprocess.TimeoutExpired:
                continue
        raise ChildError(f'{self._executable} (process {self.pid}) cannot be stopped.')
