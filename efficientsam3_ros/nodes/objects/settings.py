"""Settings of the objects node."""

from __future__ import annotations

from dataclasses import dataclass

from efficientsam3_ros.core.settings import check, choice, flag, number, text
from efficientsam3_ros.nodes.images.choices import AUTO, RELIABILITIES, TRANSPORTS
from efficientsam3_ros.nodes.objects.keep_out import KeepOut
from efficientsam3_ros.scene3d import Gripper

OWN, INSTALLED = 'own', 'message_filters'


@dataclass(frozen=True)
class ObjectSettings:
    """Parameters of the node; structural ones are used from configure to cleanup.

    Raises:
        ValueError: If a value is out of range, or a keep-out box is none.
    """

    tracker: str = text(
        'tracker',
        'Name of the tracker node: its results are taken from <tracker>/instances, prompts are '
        'set by <tracker>/set_prompts.',
        structural=True,
    )
    image_transport: str = choice(
        'raw',
        TRANSPORTS,
        'Subscribe to "image" (raw) or to "image/compressed" (compressed); where "image" is '
        'remapped to a name that ends in /compressed, to that.',
        structural=True,
    )
    depth_topic: str = text(
        'depth',
        'Topic of depth on the pixels of the color image; one that ends in /compressedDepth is '
        'taken for that.',
        structural=True,
    )
    register_depth: bool = flag(
        False,
        'Depth comes from a camera of its own: move it onto the color image, with the camera_info '
        'on depth_camera_info_topic and the transform between the two optical frames at the stamp '
        'of depth. Depth that is aligned already needs neither.',
        structural=True,
    )
    depth_camera_info_topic: str = text(
        'depth_camera_info',
        'Topic of the calibration of the depth camera; heard with register_depth only.',
        structural=True,
    )
    reliability: str = choice(
        AUTO,
        (AUTO, *RELIABILITIES),
        'QoS of the image and depth subscriptions; auto: reliable while all publishers are, else '
        'best_effort, which hears both kinds.',
        structural=True,
    )
    rectified: bool = flag(
        False,
        'Images are rectified (image_rect): P of camera_info holds, and no distortion; of color, '
        'and with register_depth of depth.',
        structural=True,
    )
    slop: float = number(
        0.02,
        0.0,
        10.0,
        'Stamps of depth and color may differ by this, seconds; 0 takes equal stamps only. Color '
        'and results always have equal stamps.',
        structural=True,
    )
    queue: int = number(
        30,
        1,
        1000,
        'Messages of each topic that wait for the others at most; images wait for as long as the '
        'tracker needs (2.8 MB each at 1280x720).',
        structural=True,
    )
    synchronizer: str = choice(
        OWN,
        (OWN, INSTALLED),
        'What pairs the messages: our own, which tells why they find no partner, or '
        'message_filters where it is installed.',
        structural=True,
    )
    output_frame: str = text(
        '',
        'Frame of clouds, boxes and grasps, by TF at the stamp of the image; empty: the frame of '
        'the image.',
        structural=True,
    )
    gravity_frame: str = text(
        '',
        'A frame whose z axis is up, by TF at the stamp of the image, so that boxes stand '
        'upright; empty: away from the plane that an object stands on.',
        structural=True,
    )
    tf_timeout: float = number(
        0.1, 0.0, 10.0, 'How long to wait for the transform of an image, seconds.', structural=True
    )
    max_range: float = number(
        0.0, 0.0, 1000.0, 'Depth beyond this counts as a hole, metres; 0 takes all.'
    )
    voxel_size: float = number(
        0.003,
        0.0,
        1.0,
        'Points of ~/target_points, ~/background_points and of answers are thinned out to one in '
        'a cube of this edge, metres; 0 keeps all.',
    )
    keep_out: tuple[str, ...] = text(
        (),
        'Boxes "x0 y0 z0 x1 y1 z1" in the output frame, metres; objects whose middle lies in one '
        'are background, and grasps there are left out.',
    )
    target_track: int = number(0, 0, 2**32 - 1, 'Track id of the target; 0: by target_phrase.')
    target_phrase: str = text(
        '', 'Prompt that the target answers; empty: any. The best one, for as long as it is seen.'
    )
    min_pixels: int = number(50, 1, 1_000_000, 'An object with fewer pixels is no target.')
    max_grasps: int = number(10, 0, 200, 'Grasps of an answer, unless it is asked for others.')
    grasp_samples: int = number(
        60, 1, 2000, 'Points of an object at which hands are tried; time grows with it.'
    )
    gripper_width: float = number(
        0.08, 0.001, 1.0, 'Largest distance between the fingers, metres.'
    )
    finger_length: float = number(0.045, 0.001, 1.0, 'Of the gripper, metres.')
    max_failures: int = number(
        5,
        0,
        1_000_000,
        'When so many results in a row cannot be processed by an unexpected error, the node goes '
        'to unconfigured with the reason; configure and activate begin anew. 0 goes on.',
    )
    segment_timeout: float = number(
        10.0, 0.1, 3600.0, 'Of the action ~/segment, where the goal has none, seconds.'
    )
    autostart: bool = flag(
        True, 'Configure and activate without a lifecycle manager.', read_only=True
    )
    diagnostics_period: float = number(
        1.0, 0.1, 60.0, 'Seconds between two reports on /diagnostics.', read_only=True
    )

    def __post_init__(self) -> None:
        check(self)
        self.boxes()
        for name in ('tracker', 'depth_topic'):
            if not getattr(self, name).strip():
                raise ValueError(f'{name} is empty; set a name, or leave it out.')

    def boxes(self) -> KeepOut:
        """Return ``keep_out`` as boxes.

        Raises:
            ValueError: If one of them is none.
        """
        return KeepOut.parse(self.keep_out)

    def gripper(self) -> Gripper:
        """Return the hand for which grasps are proposed."""
        return Gripper(max_width=self.gripper_width, finger_length=self.finger_length)
