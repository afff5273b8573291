"""What a camera makes of a scene: blur, sensor noise, colors, tone, sharpening, JPEG.

The order is that of a real one: lens, sensor behind a Bayer pattern, demosaicing, white balance
and tone curve, treatment of color noise, sharpening, compression.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

_LEVELS = 4096
"""Of the sensor, 12 bits."""
_USUAL_WIDTH = 640
"""Columns of the image that widths in pixels are given for."""


@dataclass(frozen=True)
class CameraLook:
    """One camera with its settings and the light it was not set for.

    Attributes:
        defocus: Deviation of the lens blur, pixels at 640 columns.
        motion: Length and direction (radians) of motion blur, pixels.
        exposure: Factor of brightness.
        cast: (3,) factors of red, green, blue that white balance did not take away.
        gamma: Of the tone curve; below 1 is brighter.
        contrast: Share of an S-curve in the tone curve.
        black: Brightness of black, 0 to 1.
        saturation: Factor of color.
        vignette: Loss of light in the corners, 0 to 1.
        shot: Variance of noise per brightness.
        read: Deviation of noise of the dark sensor.
        bayer: Whether colors come from a Bayer pattern.
        chroma_blur: Deviation of the smoothing of colors, pixels; 0 for none.
        sharpening: Strength of the halo along edges.
        jpeg: Quality of compression, 1 to 100.
        contact: Strength of soft shading where things touch.
        shadow: Deviation of the blur of shadows on the table, metres: how large the lamps are.
    """

    defocus: float
    motion: tuple[float, float]
    exposure: float
    cast: tuple[float, float, float]
    gamma: float
    contrast: float
    black: float
    saturation: float
    vignette: float
    shot: float
    read: float
    bayer: bool
    chroma_blur: float
    sharpening: float
    jpeg: int
    contact: float
    shadow: float

    @staticmethod
    def drawn(rng: np.random.Generator) -> CameraLook:
        """Draw a camera: between a good one in good light and a cheap one in a dim room."""
        warmth, green = rng.normal(0, 0.05), rng.normal(0, 0.015)
        blurred = rng.random() < 0.25
        return CameraLook(
            defocus=rng.uniform(0.3, 0.8),
            motion=(rng.uniform(1.5, 5) if blurred else 0.0, rng.uniform(0, np.pi)),
            exposure=float(np.exp(rng.normal(0.12, 0.17))),
            cast=(1 + warmth, 1 + green, 1 - warmth),
            gamma=rng.uniform(0.75, 1.1),
            contrast=rng.uniform(0.1, 0.6),
            black=rng.uniform(0, 0.03),
            saturation=rng.uniform(0.7, 1.15),
            vignette=rng.uniform(0, 0.3),
            shot=float(np.exp(rng.uniform(np.log(1e-4), np.log(2e-3)))),
            read=rng.uniform(0.002, 0.012),
            bayer=rng.random() < 0.7,
            chroma_blur=rng.uniform(0.5, 2.0) if rng.random() < 0.6 else 0.0,
            sharpening=rng.uniform(0, 0.9) if rng.random() < 0.6 else 0.0,
            jpeg=int(rng.integers(72, 98)),
            contact=rng.uniform(0.3, 0.6),
            shadow=rng.uniform(0.002, 0.012),
        )


def photographed(rgb: np.ndarray, look: CameraLook, rng: np.random.Generator) -> np.ndarray:
    """Take a picture of an ideal image.

    Args:
        rgb: uint8 (H, W, 3).
        look: The camera.
        rng: Randomness of this picture's noise.

    Returns:
        uint8 (H, W, 3).
    """
    image = _lens(rgb, look)
    raw = _sensor(image, look, rng)
    image = _developed(raw, look)
    image = _smoothed_colors(image, look)
    if look.sharpening:
        soft = cv2.GaussianBlur(image, (0, 0), 1.1 * image.shape[1] / _USUAL_WIDTH)
        image = cv2.addWeighted(image, 1 + look.sharpening, soft, -look.sharpening, 0)
    return _compressed(image, look.jpeg)


def _lens(rgb: np.ndarray, look: CameraLook) -> np.ndarray:
    share = rgb.shape[1] / _USUAL_WIDTH
    image = cv2.GaussianBlur(rgb, (0, 0), max(0.05, look.defocus * share))
    length = look.motion[0] * share
    if length < 1:
        return image
    side = 2 * int(np.ceil(length / 2)) + 1
    kernel = np.zeros((side, side), np.float32)
    reach = length / 2 * np.array([np.cos(look.motion[1]), np.sin(look.motion[1])])
    start, end = (tuple(np.rint(8 * (side // 2 + s * reach)).astype(int)) for s in (-1, 1))
    cv2.line(kernel, start, end, 1.0, 1, cv2.LINE_AA, 3)
    return cv2.filter2D(image, -1, kernel / kernel.sum())


def _sensor(image: np.ndarray, look: CameraLook, rng: np.random.Generator) -> np.ndarray:
    """Return uint16 (H, W, 3) of 12 bits."""
    light = _light(look, *image.shape[:2])
    if not look.bayer:
        return _noisy(image * light[..., None], look, rng)
    # Red, green / green, blue.
    mosaic = image[..., 1].copy()
    mosaic[0::2, 0::2] = image[0::2, 0::2, 0]
    mosaic[1::2, 1::2] = image[1::2, 1::2, 2]
    return cv2.cvtColor(_noisy(mosaic * light, look, rng), cv2.COLOR_BayerBG2RGB)


@lru_cache(maxsize=4)
def _light(look: CameraLook, height: int, width: int) -> np.ndarray:
    """Return float32 (H, W): what one level of brightness is on the sensor."""
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None]
    return (look.exposure * (1 - look.vignette * (x * x + y * y) / 2)).astype(np.float32) / 255


def _noisy(signal: np.ndarray, look: CameraLook, rng: np.random.Generator) -> np.ndarray:
    # In place: new arrays for every step would take longer than the arithmetic.
    deviation = look.shot * signal
    deviation += np.float32(look.read**2)
    np.sqrt(deviation, out=deviation)
    seen = rng.standard_normal(signal.shape, np.float32)
    seen *= deviation
    seen += signal
    # The sensor holds twice the brightness of white.
    seen *= _LEVELS / 2
    return np.clip(seen, 0, _LEVELS - 1, out=seen).astype(np.uint16)


def _developed(raw: np.ndarray, look: CameraLook) -> np.ndarray:
    """Return uint8 (H, W, 3) after white balance and tone curve."""
    return cv2.merge([t[level] for t, level in zip(_tone_table(look), cv2.split(raw))])


@lru_cache(maxsize=4)
def _tone_table(look: CameraLook) -> np.ndarray:
    """Return uint8 (3, 4096): brightness of each level of the sensor by color."""
    level = np.arange(_LEVELS) / (_LEVELS / 2)
    tables = []
    for factor in look.cast:
        linear = level * factor
        # A shoulder in place of a hard end at white.
        bright = np.where(linear < 0.8, linear, 0.8 + 0.2 * np.tanh((linear - 0.8) / 0.2))
        bent = np.clip(bright, 0, 1) ** look.gamma
        curve = bent + look.contrast * (bent * bent * (3 - 2 * bent) - bent)
        tables.append(255 * (look.black + (1 - look.black) * curve))
    return np.clip(np.array(tables), 0, 255).astype(np.uint8)


def _smoothed_colors(image: np.ndarray, look: CameraLook) -> np.ndarray:
    gray, *colors = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb))
    if look.chroma_blur:
        colors = [cv2.GaussianBlur(color, (0, 0), look.chroma_blur) for color in colors]
    center = 128 * (1 - look.saturation)
    colors = [cv2.convertScaleAbs(c, alpha=look.saturation, beta=center) for c in colors]
    return cv2.cvtColor(cv2.merge([gray, *colors]), cv2.COLOR_YCrCb2RGB)


def _compressed(image: np.ndarray, quality: int) -> np.ndarray:
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode('.jpg', bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None
    return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)
