"""Plays a film: drawn live, or all of it beforehand by two processes."""

from __future__ import annotations

from collections.abc import Generator
import os

from efficientsam3_ros.nodes.cameras.film_share import FilmHelper, claimed
from efficientsam3_ros.nodes.cameras.simulation_source import Film, Shot

_WORTH_SHARING = 60
"""Frames; the second process takes seconds to build its scene."""


def played(film: Film) -> Generator[Shot, None, None]:
    """Yield the shots, endlessly if the settings say so; close it to free OpenGL."""
    stored = drawn(film) if film.settings.prerender_seconds else None
    while True:
        yield from film.shots() if stored is None else stored
        if not film.settings.loop:
            return


def drawn(film: Film, worth_sharing: int = _WORTH_SHARING) -> list[Shot]:
    """Draw the whole film.

    Args:
        film: The film.
        worth_sharing: From how many frames on a second process helps, if there is a core for it.
    """
    # Noise of the sensor model is drawn from one stream, frame after frame.
    alone = film.settings.sensor_noise or len(os.sched_getaffinity(0)) < 2
    if alone or film.frames < worth_sharing:
        return list(film.shots())
    with FilmHelper(film) as helper:
        shots = dict(film.chosen(claimed(helper.numbers)))
        shots |= helper.shots()
    missing = [number for number in range(film.frames) if number not in shots]
    if missing:  # the helper has failed
        shots |= dict(film.chosen(missing))
    return [shots[number] for number in range(film.frames)]
