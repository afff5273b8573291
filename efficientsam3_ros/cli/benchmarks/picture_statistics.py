"""What pictures look like in numbers: color, contrast, edges, spectrum."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

import cv2
import numpy as np


@dataclass(frozen=True)
class PictureStatistics:
    """One picture, brightness from 0 to 255.

    Attributes:
        red: Mean.
        green: Mean.
        blue: Mean.
        saturation: Mean of HSV's.
        contrast: Standard deviation of brightness.
        dark: Brightness that 5 % of the pixels lie below.
        bright: Brightness that 5 % of the pixels lie above.
        gradient: Mean magnitude of Sobel's gradient, by pixel.
        gradient_median: Its median: the texture and noise of even areas.
        gradient_99: Its quantile .99: the strongest edges.
        laplacian: Logarithm of the variance of the Laplacian: sharpness.
        slope: Slope of the logarithmic power spectrum over logarithmic frequency.
    """

    red: float
    green: float
    blue: float
    saturation: float
    contrast: float
    dark: float
    bright: float
    gradient: float
    gradient_median: float
    gradient_99: float
    laplacian: float
    slope: float


NAMES = tuple(item.name for item in fields(PictureStatistics))


def measured(rgb: np.ndarray) -> PictureStatistics:
    """Measure a picture, uint8 (H, W, 3)."""
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    across, down = (cv2.Sobel(gray, cv2.CV_32F, dx, 1 - dx) / 8 for dx in (1, 0))
    magnitude = np.hypot(across, down)
    red, green, blue = rgb.reshape(-1, 3).mean(0)
    saturation = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV)[..., 1].mean()
    values = (
        *(red, green, blue, saturation, gray.std()),
        *np.quantile(gray, (0.05, 0.95)),
        *(magnitude.mean(), *np.quantile(magnitude, (0.5, 0.99))),
        *(np.log(cv2.Laplacian(gray, cv2.CV_32F).var() + 1e-6), _slope(gray)),
    )
    return PictureStatistics(*map(float, values))


def as_array(pictures: list[PictureStatistics]) -> np.ndarray:
    """Return float64 (N, statistics), in the order of ``NAMES``."""
    return np.array([astuple(item) for item in pictures])


def _slope(gray: np.ndarray) -> float:
    """Fit the power spectrum between a sixtieth of a cycle a pixel and a third."""
    window = np.outer(np.hanning(gray.shape[0]), np.hanning(gray.shape[1]))
    power = np.abs(np.fft.rfft2((gray - gray.mean()) * window)) ** 2
    frequency = np.hypot(
        np.fft.fftfreq(gray.shape[0])[:, None], np.fft.rfftfreq(gray.shape[1])[None]
    )
    edges = np.geomspace(1 / 60, 1 / 3, 13)
    rings = np.digitize(frequency, edges)
    level = [np.log(power[rings == ring].mean() + 1e-6) for ring in range(1, len(edges))]
    middle = np.log(np.sqrt(edges[1:] * edges[:-1]))
    return float(np.polyfit(middle, level, 1)[0])
