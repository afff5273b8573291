"""One labelled picture: the sample of all sets of single pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from efficientsam3_ros.core import Frame, FrameResult, Instance
from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.datasets.stills.mask_origin import MaskOrigin

UNNAMED = 'object'
"""Concept of an instance that nobody named."""


@dataclass(frozen=True)
class Opinion:
    """What a further annotator says of a picture, without having seen the others' answers.

    Attributes:
        annotator: Name in the data set, such as 'b'.
        truth: As in ``LabeledFrame``.
        crowd: As in ``LabeledFrame``.
    """

    annotator: str
    truth: FrameResult
    crowd: tuple[Instance, ...] = ()


@dataclass(frozen=True)
class LabeledFrame:
    """A picture and what is on it.

    Attributes:
        name: Unique in its set, fit for a file name, such as 'learn0'.
        frame: The picture.
        truth: Instances with ids from 1, the concept being the category's name; crowds are left
            out.
        nouns: Concepts for which the annotation is exhaustive: one that has no instance here is
            known to be absent.
        unlabeled: bool (H, W), pixels of which the truth says nothing, so that an answer mostly on
            them is not scored; None where there are none.
        crowd: Regions of several things that nobody separated (COCO's ``iscrowd``), with ids after
            those of the instances; an answer on one is neither right nor wrong.
        depth: float32 (H, W), metres along the optical axis, 0 = no reading; None without depth.
        intrinsics: Of the camera, None if unknown.
        origins: Track id to how a model came to that mask; masks by people have none.
        opinions: What further annotators say; ``truth`` is the first one's. A noun is among
            ``nouns`` only if all of them were exhaustive for it.
    """

    name: str
    frame: Frame
    truth: FrameResult
    nouns: tuple[str, ...]
    unlabeled: np.ndarray | None = field(default=None, repr=False)
    crowd: tuple[Instance, ...] = ()
    depth: np.ndarray | None = field(default=None, repr=False)
    intrinsics: Intrinsics | None = None
    origins: Mapping[int, MaskOrigin] = field(default_factory=dict, repr=False)
    opinions: tuple[Opinion, ...] = field(default=(), repr=False)
