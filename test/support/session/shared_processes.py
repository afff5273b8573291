"""Which files of tests share a process of pytest-xdist: those that load the same libraries."""

from __future__ import annotations

from typing import Any

# One process exports, counts, converts and compares with transformers: what these files load
# takes longer than most of their tests, and what is cached serves the next file.
_NETWORKS = ('model/', 'training/teacher/', 'cli/test_models.py', 'cli/test_convert.py')


def shares_networks(nodeid: str) -> bool:
    """Tell whether a test belongs to those that load torch's exporter or upstream's networks."""
    return nodeid.removeprefix('test/').startswith(_NETWORKS)


def make_scheduler(config: Any, log: Any) -> Any:
    """Return a scheduler that keeps a file's tests together, and the files of networks, too."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduler(LoadFileScheduling):
        """By file but for the networks."""

        def _split_scope(self, nodeid: str) -> str:
            return 'networks' if shares_networks(nodeid) else super()._split_scope(nodeid)

    return Scheduler(config, log)
