"""One object's life: NEW, TRACKED, OCCLUDED, LOST, and back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from efficientsam3_ros.core import TrackState
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.cropped_mask import CroppedMask
from efficientsam3_ros.tracking.detection.detector import Detection

VELOCITY_GAIN = 0.5
STABLE_AREA = 0.7


@dataclass(frozen=True, eq=False)
class Track:
    """What is known of an object; a new value replaces the old one in every frame.

    An object is *seen* in a detection, or by the video memory where the bundle has one.

    Attributes:
        track_id: Never reused.
        label: Pixel value in label images.
        key: The concept (``prompt_set.concept_key``).
        score: Score of the last detection, 0..1.
        quality: Estimated IoU of ``region``, 0..1.
        region: Mask in the frame in which it was last seen.
        velocity: (vx, vy) of the centroid, pixels a frame.
        born: Frame number of the first detection.
        last_seen: Frame number of the frame in which it was last seen.
        hits: Number of detections.
        misses: Detection runs in a row without this object.
        visible: Whether it was seen when one last looked.
    """

    track_id: int
    label: int
    key: str
    score: float
    quality: float
    region: CroppedMask
    velocity: tuple[float, float]
    born: int
    last_seen: int
    hits: int = 1
    misses: int = 0
    visible: bool = True

    @classmethod
    def begun(cls, track_id: int, label: int, detection: Detection, frame: int) -> Track:
        """Return the track of an object seen for the first time."""
        return cls(
            track_id=track_id,
            label=label,
            key=detection.key,
            score=detection.score,
            quality=detection.quality,
            region=detection.region,
            velocity=(0.0, 0.0),
            born=frame,
            last_seen=frame,
        )

    def confirmed(self, config: TrackerConfig) -> bool:
        """Whether it was detected often enough to be believed."""
        return self.hits >= config.confirm_hits

    def state(self, frame: int, config: TrackerConfig) -> TrackState:
        """Return where the track stands at a frame number."""
        if self.visible:
            return TrackState.TRACKED if self.confirmed(config) else TrackState.NEW
        unseen = frame - self.last_seen
        return TrackState.LOST if unseen > config.max_occluded_frames else TrackState.OCCLUDED

    def expired(self, frame: int, config: TrackerConfig) -> bool:
        """Whether the track is to be forgotten."""
        if not self.confirmed(config) and self.misses > config.new_misses:
            return True
        limit = config.max_occluded_frames + config.lost_frames
        return not self.visible and frame - self.last_seen > limit

    def predicted(self, frame: int, config: TrackerConfig) -> CroppedMask:
        """Move the last mask with constant velocity, which fades while out of sight."""
        return self.region.shifted(*self.displacement(frame, config))

    def displacement(self, frame: int, config: TrackerConfig) -> tuple[float, float]:
        """Return the expected (dx, dy) since the last detection, pixels."""
        unseen = frame - self.last_seen
        steady = min(unseen, config.detect_every)
        fading, decay = unseen - steady, config.velocity_decay
        faded = decay * (1 - decay**fading) / (1 - decay) if decay < 1 else float(fading)
        return self.velocity[0] * (steady + faded), self.velocity[1] * (steady + faded)

    def seen(self, detection: Detection, frame: int) -> Track:
        """Return the track with a new detection."""
        return replace(
            self,
            score=detection.score,
            quality=detection.quality,
            region=detection.region,
            velocity=self._new_velocity(detection.region, frame),
            last_seen=frame,
            hits=self.hits + 1,
            misses=0,
            visible=True,
        )

    def carried(self, region: CroppedMask, quality: float, frame: int) -> Track:
        """Return the track with a mask that the memory alone gives."""
        velocity = self._new_velocity(region, frame)
        return replace(
            self,
            region=region,
            quality=quality,
            velocity=velocity,
            last_seen=frame,
            visible=True,
        )

    def returned(self, detection: Detection, frame: int) -> Track:
        """Return the track after it was recognised elsewhere; nothing is known of its speed."""
        return replace(self.seen(detection, frame), velocity=(0.0, 0.0))

    def missed(self) -> Track:
        """Return the track after a detection run that did not see it."""
        return replace(self, misses=self.misses + 1, visible=False)

    def resized(self, height: int, width: int) -> Track:
        """Return the track carried over to another image size."""
        vx, vy = self.velocity
        return replace(
            self,
            region=self.region.resized(height, width),
            velocity=(vx * width / self.region.width, vy * height / self.region.height),
        )

    def _new_velocity(self, region: CroppedMask, frame: int) -> tuple[float, float]:
        """Smooth the centroid's displacement.

        While the mask grows or shrinks (an object slides behind another), its centroid moves
        without the object; the old velocity then stands.
        """
        before, after = sorted((self.region.area, region.area))
        frames = frame - self.last_seen
        if before < STABLE_AREA * after:
            return self.velocity
        (x0, y0), (x1, y1) = self.region.center, region.center
        gain = VELOCITY_GAIN if self.hits > 1 else 1.0
        vx, vy = self.velocity
        return (
            vx + gain * ((x1 - x0) / frames - vx),
            vy + gain * ((y1 - y0) / frames - vy),
        )
