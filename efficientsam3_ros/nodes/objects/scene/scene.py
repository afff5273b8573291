"""One image as objects in space; what nobody asks for is not computed."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from threading import RLock
from typing import Any

import numpy as np

from efficientsam3_ros.core import FrameResult, Instance
from efficientsam3_ros.nodes.objects.keep_out import KeepOut
from efficientsam3_ros.nodes.objects.scene.coarse import every_nth, stride_for
from efficientsam3_ros.nodes.objects.scene.placing import Placing
from efficientsam3_ros.scene3d import (
    CameraModel,
    OrganizedCloud,
    OrientedBox,
    Plane,
    SceneError,
    Support,
    find_support,
    fit_object_box,
    make_cloud,
    object_mask,
)


class Scene:
    """The geometry of one image; may be asked from several threads.

    Args:
        header: Of the image.
        info: Its ``CameraInfo``.
        result: What the tracker saw on it.
        depth: float32 (H, W), metres, NaN where nothing was measured.
        camera: Of the image.
        rgb: Its colors, uint8 (H, W, 3).
        placing: The output frame and the direction up.
        keep_out: Regions whose objects are background.
        message: The ``InstanceArray`` of the result, as it came.
    """

    def __init__(
        self,
        header: Any,
        info: Any,
        result: FrameResult,
        depth: np.ndarray,
        camera: CameraModel,
        rgb: np.ndarray,
        placing: Placing,
        keep_out: KeepOut,
        message: Any = None,
    ) -> None:
        self.header, self.info, self.result = header, info, result
        self.placing, self.message = placing, message
        self._depth, self._camera, self._rgb = depth, camera, rgb
        self._keep_out = keep_out
        self._lock = RLock()
        self._masks: dict[int, np.ndarray] = {}
        self._coarse: dict[int, OrganizedCloud] = {}
        self._boxes: dict[int, tuple[OrientedBox | None, Support | None]] = {}
        self._planes: list[Plane] = []

    @cached_property
    def _everything(self) -> OrganizedCloud:
        return make_cloud(self._depth, self._camera, self._rgb, self._painted)

    @cached_property
    def _painted(self) -> np.ndarray:
        return self.result.label_image().astype(np.uint32)

    @property
    def cloud(self) -> OrganizedCloud:
        """In the camera's frame; the labels are those of the masks of ``objects``."""
        with self._lock:
            return self._kept[0]

    @property
    def cleaned(self) -> OrganizedCloud:
        """The same, with the label of an object only where the point is surely the object's.

        A point inside a mask that the cleaning takes away, such as one of a wall behind, is
        background. A pixel without a point keeps the label of its mask: nothing speaks against it.
        """
        with self._lock:
            return self._cleaned

    @property
    def objects(self) -> tuple[Instance, ...]:
        """Instances that are seen and not kept out, in the order of their track ids."""
        with self._lock:
            return self._kept[1] if len(self._keep_out) else self._visible

    @property
    def labels(self) -> np.ndarray:
        """The object that owns each pixel, uint32 (H, W), 0 = none."""
        with self._lock:
            if len(self._keep_out):
                return self._kept[0].labels
            return self._painted

    @property
    def _visible(self) -> tuple[Instance, ...]:
        return tuple(item for item in self.result.instances if item.mask.area and item.label)

    @cached_property
    def _kept(self) -> tuple[OrganizedCloud, tuple[Instance, ...]]:
        cloud, visible = self._everything, self._visible
        if not len(self._keep_out):
            return cloud, visible
        out = {item.label for item in visible if self._is_kept_out(cloud, item)}
        if not out:
            return cloud, visible
        labels = np.where(np.isin(cloud.labels, list(out)), np.uint32(0), cloud.labels)
        kept = tuple(item for item in visible if item.label not in out)
        return OrganizedCloud(cloud.points, cloud.rgb, labels, cloud.camera), kept

    @cached_property
    def _cleaned(self) -> OrganizedCloud:
        cloud = self.cloud
        owned = ~cloud.measured
        for item in self.objects:
            owned |= self.mask(item.label)
        return replace(cloud, labels=np.where(owned, cloud.labels, np.uint32(0)))

    def _is_kept_out(self, cloud: OrganizedCloud, item: Instance) -> bool:
        points = cloud.points[(cloud.labels == item.label) & cloud.measured]
        if not len(points):
            return False
        middle = np.median(points, axis=0).astype(np.float64)
        return self._keep_out.holds(self.placing.points(middle))

    def is_kept_out(self, place: np.ndarray) -> bool:
        """Tell whether a point (3,) of the camera's frame lies in a keep-out box."""
        return self._keep_out.holds(self.placing.points(place))

    def mask(self, label: int) -> np.ndarray:
        """Return the pixels whose points are surely the object's, bool (H, W)."""
        with self._lock:
            if label not in self._masks:
                self._masks[label] = object_mask(self.cloud, label)
            return self._masks[label]

    def box(self, label: int) -> OrientedBox | None:
        """Return the box of an object in the camera's frame; None without enough points."""
        return self._fitted(label)[0]

    def support(self, label: int) -> Support | None:
        """Return what an object stands on, as far as it is seen."""
        return self._fitted(label)[1]

    def is_upright(self, label: int) -> bool:
        """Tell whether the z axis of the object's box is up."""
        return self.placing.up is not None or self.support(label) is not None

    def _fitted(self, label: int) -> tuple[OrientedBox | None, Support | None]:
        with self._lock:
            if label not in self._boxes:
                self._boxes[label] = self._fit(label)
            return self._boxes[label]

    def _fit(self, label: int) -> tuple[OrientedBox | None, Support | None]:
        up = self.placing.up
        support = self._find_support(label, up)
        try:
            box = fit_object_box(self.cloud, label, support, up=up, own=self.mask(label))
            return box, support
        except SceneError:
            return None, support

    def _find_support(self, label: int, up: np.ndarray | None) -> Support | None:
        step = stride_for(self.cloud, int((self.cloud.labels == label).sum()))
        if step not in self._coarse:
            self._coarse[step] = every_nth(self.cloud, step)
        support = find_support(self._coarse[step], label, up=up, known=self._planes)
        # Most objects of an image stand on the same one.
        if support is not None and support.carries and support.plane not in self._planes:
            self._planes.append(support.plane)
        return support
