"""A bundle of a scripted engine: files of its own sums, and no network in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scripted_engine import make_manifest

from efficientsam3_ros.core.manifest import file_sha256


def write_bundle(folder: Path) -> None:
    """Write one whose threshold is .95."""
    folder.mkdir()
    manifest = make_manifest(threshold=0.95)
    for graph in manifest.graphs.values():
        (folder / graph.file).write_bytes(graph.file.encode())
    sums = {n: replace(g, sha256=file_sha256(folder / g.file)) for n, g in manifest.graphs.items()}
    replace(manifest, graphs=sums).save(folder)
