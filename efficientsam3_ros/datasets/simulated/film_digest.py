"""A key of what the simulator renders, for caches of rendered clips."""

from __future__ import annotations

from dataclasses import asdict
import hashlib
import json
from pathlib import Path

from efficientsam3_ros import simulation
from efficientsam3_ros.simulation import TabletopConfig


def film_digest(config: TabletopConfig) -> str:
    """Return a key of the settings and of the simulator's source."""
    digest = hashlib.sha256(json.dumps(asdict(config), sort_keys=True).encode())
    for source in sorted(Path(simulation.__file__).parent.glob('*.py')):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]
