"""The results as Markdown, and as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from efficientsam3_ros.evaluation.grasps.tally import Tally, wilson_interval
from efficientsam3_ros.evaluation.grasps.trial import CAUSES, Seen, Trial
from efficientsam3_ros.evaluation.run.text_table import text_table


def results_data(
    settings: Mapping[str, Any], seen: Sequence[Seen], trials: Sequence[Trial]
) -> dict[str, Any]:
    """Return everything, as JSON knows it."""
    return {
        'settings': dict(settings),
        'summary': {name: tally.data() for name, tally in _tallies(trials).items()},
        'objects': [asdict(item) for item in seen],
        'trials': [asdict(trial) for trial in trials],
    }


def results_text(
    settings: Mapping[str, Any], seen: Sequence[Seen], trials: Sequence[Trial]
) -> str:
    """Return the tables of a run, simulated as all of it is.

    Args:
        settings: Of the run, by name.
        seen: All objects of all pictures.
        trials: Of all kinds of masks.
    """
    chosen = sum(item.graspable for item in seen)
    words = ', '.join(f'{name} {value}' for name, value in settings.items())
    scenes = len({item.seed for item in seen})
    about = (
        f'Simulated: {scenes} scenes ({words}). {chosen} of {len(seen)} objects in view can be '
        'grasped: narrow enough, seen to 90 % and whole in the image.'
    )
    return '\n\n'.join([about, _shares(trials), _causes(trials), _nouns(trials)]) + '\n'


def _tallies(trials: Sequence[Trial]) -> dict[str, Tally]:
    names = dict.fromkeys(trial.masks for trial in trials)
    return {name: Tally.of(t for t in trials if t.masks == name) for name in names}


def _shares(trials: Sequence[Trial]) -> str:
    rows = [['masks', 'objects', 'held', 'share of all', 'with a mask', 'share of these']]
    for name, tally in _tallies(trials).items():
        rows.append(
            [
                name,
                str(tally.objects),
                str(tally.held),
                _share(tally.held, tally.objects),
                str(tally.with_mask),
                _share(tally.held, tally.with_mask),
            ]
        )
    return text_table(rows, 1)


def _causes(trials: Sequence[Trial]) -> str:
    rows = [['masks', *CAUSES, 'touched something first']]
    for name, tally in _tallies(trials).items():
        counts = [str(tally.causes[cause]) for cause in CAUSES]
        rows.append([name, *counts, str(tally.touched)])
    return text_table(rows, 1)


def _nouns(trials: Sequence[Trial]) -> str:
    names = list(_tallies(trials))
    rows = [['object', *(f'held, {name} masks' for name in names), 'failures']]
    for noun in sorted({trial.noun for trial in trials}):
        own = _tallies([trial for trial in trials if trial.noun == noun])
        counts = [f'{own[n].held} of {own[n].objects}' if n in own else '' for n in names]
        rows.append([noun, *counts, _failures(own)])
    return text_table(rows, 1)


def _failures(tallies: Mapping[str, Tally]) -> str:
    """Return the causes with their counts, for each kind of masks that failed."""
    said = []
    for name, tally in tallies.items():
        counts = [f'{cause} {count}' for cause, count in tally.causes.items() if count]
        said += [f'{name}: {", ".join(counts)}'] if counts else []
    return '; '.join(said)


def _share(good: int, number: int) -> str:
    """Return a share in percent with its interval; empty of none."""
    if not number:
        return ''
    low, high = wilson_interval(good, number)
    return f'{100 * good / number:.0f} % ({100 * low:.0f} to {100 * high:.0f})'
