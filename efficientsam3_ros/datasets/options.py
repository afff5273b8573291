"""What the user says about the ground truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TruthOptions:
    """Where the truth is and how it is paired; the defaults find it.

    Attributes:
        annotations: JSON file of a bag's truth (see ``annotations.py``); None looks beside the
            bag for ``<bag>.truth.json``.
        labels: JSON file that gives the object ids of a label image their concepts; None looks
            beside the bag for ``<bag>.labels.json``.
        concepts: Asked in addition to the truth's own, so answered by no object unless the truth
            has them: how absent concepts of an older bag are named.
        tolerance_ns: How far the stamps of frame and truth may differ; 0 pairs equal ones only.
        media: Folder of the pictures of a VEval or COCO file; None looks around the file.
    """

    annotations: Path | None = None
    labels: Path | None = None
    concepts: tuple[str, ...] = ()
    tolerance_ns: int = 0
    media: Path | None = None
