"""Folders of RGB-D scenes with object ids: color, depth and instances of single pictures.

Beside the files that ``media.rgbd_scenes`` names: ``NAME_inst.png``, pixel values object ids,
0 = background; and optionally ``names.json``, ``{scene: {id: noun}}``. A scene that stands in it
is named exhaustively for the nouns of the whole file; other instances are 'object'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any

from efficientsam3_ros.core import Frame, FrameResult, Instance
from efficientsam3_ros.core.errors.one_line import shown
from efficientsam3_ros.core.id_image import object_masks, true_instance
from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.core.pictures.header import PictureError
from efficientsam3_ros.datasets.annotated import FRAME_ID
from efficientsam3_ros.datasets.masks import read_json, whole_number
from efficientsam3_ros.datasets.palette_png import colors_instead_of_ids, read_values
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.frame_set import FolderOfStills, read_color
from efficientsam3_ros.datasets.stills.labeled_frame import UNNAMED, LabeledFrame
from efficientsam3_ros.media.frame_source import SourceError
from efficientsam3_ros.media.rgbd_scenes import (
    CAMERA_FILE,
    KINECT,
    SceneFiles,
    camera_of,
    read_depth,
    scenes_of,
)

NAMES_FILE = 'names.json'
_MOST_IDS = 65535


@dataclass(frozen=True)
class RgbdScene:
    """One scene, see ``StillFile``.

    Attributes:
        scene: Its files.
        nouns: Concepts that are annotated exhaustively.
        names: Object id to noun; others are 'object'.
        camera: Camera of a folder without ``camera.json``.
    """

    scene: SceneFiles
    nouns: tuple[str, ...]
    names: Mapping[int, str] = field(default_factory=dict, repr=False)
    camera: Intrinsics = KINECT

    @property
    def name(self) -> str:
        """The scene's name."""
        return self.scene.name

    @property
    def files(self) -> tuple[Path, ...]:
        """Color, ids, depth and camera."""
        camera = self.scene.rgb.parent / CAMERA_FILE
        return self.scene.rgb, self.scene.instances, self.scene.depth, camera

    @property
    def picture(self) -> Path:
        """The picture."""
        return self.scene.rgb

    def content(self) -> Iterator[bytes]:
        """Yield name, nouns, names and the default camera."""
        names = sorted(self.names.items())
        yield json.dumps([self.name, self.nouns, names, repr(self.camera)]).encode()

    def read(self) -> LabeledFrame:
        """Read picture, ids and depth; the last may be missing, the others not.

        Raises:
            SequenceError: If a file is missing, damaged or of another size than the picture.
        """
        frame = Frame(read_color(self.scene.rgb), SECOND_NS, FRAME_ID)
        size = frame.height, frame.width
        truth = FrameResult(frame.stamp_ns, frame.frame_id, *size, 1, self._instances(size))
        depth = camera = None
        if self.scene.depth.is_file():
            try:
                depth = read_depth(self.scene.depth, size)
                camera = self._camera(size)
            except (PictureError, SourceError) as error:
                raise SequenceError(str(error)) from None
        return LabeledFrame(
            name=self.name,
            frame=frame,
            truth=truth,
            nouns=self.nouns,
            unlabeled=None if depth is None else depth == 0,
            depth=depth,
            intrinsics=camera,
        )

    def _instances(self, size: tuple[int, int]) -> tuple[Instance, ...]:
        values, colored = read_values(self.scene.instances, size)
        if colored:
            raise colors_instead_of_ids(self.scene.instances)
        return tuple(
            true_instance(number, self.names.get(number, UNNAMED), mask)
            for number, mask in object_masks(values).items()
        )

    def _camera(self, size: tuple[int, int]) -> Intrinsics | None:
        """Return the camera; None if nobody tells that of pictures of this size."""
        folder = self.scene.rgb.parent
        told = (folder / CAMERA_FILE).is_file()
        if not told and size != (self.camera.height, self.camera.width):
            return None
        return camera_of(folder, size, self.camera)


class RgbdScenes(FolderOfStills):
    """RGB-D scenes with object ids, see ``FrameSet``.

    Pixels without depth are ``unlabeled``: where the sensor saw nothing, nobody labelled.

    Args:
        folder: Holds the scenes.
        camera: Of a folder without ``camera.json``; the default fits the first Kinect.

    Raises:
        SequenceError: If the folder holds no scene with ids, or ``names.json`` is damaged.
    """

    def __init__(self, folder: Path, camera: Intrinsics = KINECT) -> None:
        try:
            scenes = [scene for scene in scenes_of(folder) if scene.instances.is_file()]
        except SourceError as error:
            raise SequenceError(str(error)) from None
        if not scenes:
            raise SequenceError(
                f'{folder} holds no RGB-D scene: NAME_rgb.jpg beside NAME_inst.png and '
                'NAME_depth.png.'
            )
        names = _read_names(folder / NAMES_FILE)
        nouns = tuple(sorted({noun for scene in names.values() for noun in scene.values()}))
        stills = tuple(
            RgbdScene(
                scene,
                nouns if scene.name in names else (UNNAMED,),
                names.get(scene.name, {}),
                camera,
            )
            for scene in scenes
        )
        unknown = sorted(set(names) - {scene.name for scene in scenes})
        remarks = (f'{len(unknown)} scenes of {NAMES_FILE} are not there.',) if unknown else ()
        super().__init__(folder.resolve().name, 'rgbd', nouns or (UNNAMED,), stills, remarks)


def _read_names(path: Path) -> dict[str, dict[int, str]]:
    if not path.is_file():
        return {}
    try:
        data: Any = read_json(path)
        if not isinstance(data, dict) or not all(isinstance(v, dict) for v in data.values()):
            raise ValueError(f'{path} is not {{scene: {{id: noun}}}}; correct the file.')
        return {scene: _nouns(path, scene, ids) for scene, ids in data.items()}
    except ValueError as error:
        raise SequenceError(str(error)) from None


def _nouns(path: Path, scene: str, ids: Mapping[str, Any]) -> dict[int, str]:
    found = {}
    for key, noun in ids.items():
        number = whole_number(key, f'{path}: an object id of {scene}', 1, _MOST_IDS)
        if not isinstance(noun, str) or not noun.strip():
            raise ValueError(f'{path}: {scene}, object {number}: {shown(noun)} is no noun.')
        found[number] = ' '.join(noun.split())
    return found


def is_rgbd(folder: Path) -> bool:
    """Tell whether a folder holds RGB-D scenes with object ids."""
    return any(scene.instances.is_file() for scene in scenes_of(folder))
