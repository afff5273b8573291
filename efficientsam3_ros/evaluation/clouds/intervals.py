"""How sure the figures of all scenes are."""

from __future__ import annotations

from collections.abc import Sequence

from efficientsam3_ros.evaluation.clouds.summary import SHARES, WAYS, SceneRow, summary_of
from efficientsam3_ros.evaluation.scoring.intervals import choices, percentile_interval

_DIGITS = 4


def intervals_of(scenes: Sequence[SceneRow]) -> dict[str, dict[str, tuple[float, float]]]:
    """Return 95 % bootstrap intervals over scenes, by way and figure of ``summary_of``.

    A figure that is defined in no draw is missing; so are all of a single scene.
    """
    if len(scenes) < 2:
        return {}
    drawn = [summary_of([scenes[i] for i in chosen]) for chosen in choices(len(scenes)).tolist()]
    found: dict[str, dict[str, tuple[float, float]]] = {way: {} for way in WAYS}
    for way in WAYS:
        for name in SHARES:
            known = [own[way][name] for own in drawn if own[way][name] is not None]
            if known:
                low, high = percentile_interval(known)
                found[way][name] = round(low, _DIGITS), round(high, _DIGITS)
    return found
