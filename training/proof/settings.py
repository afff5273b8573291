"""The settings of every row, read before the first of them is trained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from training.concept.config import ConceptRunConfig
from training.encoder.config import EncoderRunConfig
from training.proof.rows import Rows
from training.settings.reading import ConfigError
from training.video.config import VideoRunConfig

RowConfig = ConceptRunConfig | EncoderRunConfig | VideoRunConfig
_SETTINGS: dict[str, type[RowConfig]] = {
    'align': ConceptRunConfig,
    'stage1': EncoderRunConfig,
    'stage2': VideoRunConfig,
    'stage3': ConceptRunConfig,
}


def settings_of_rows(rows: Rows) -> Mapping[str, RowConfig]:
    """Return the settings of every row that trains something, by its name.

    Args:
        rows: The rows of a plan.

    Raises:
        ConfigError: If settings are wrong, or rows train students with other trunks: each is
            scored as a part of the same student.
    """
    plan, found = rows.plan, dict[str, RowConfig]()
    for name, row in plan.rows.items():
        if row.stage:
            config = Path(plan.stages[row.stage].config)
            found[name] = _SETTINGS[row.stage].load(config, rows.settings(row))
    trunks = {name: own.student.name for name, own in found.items()}
    for name, trunk in trunks.items():
        first = next(iter(trunks))
        if trunk != trunks[first]:
            raise ConfigError(
                f'"{name}" trains {trunk}, "{first}" {trunks[first]}: the rows of a plan are of '
                'one student. Set student.name in its settings.'
            )
    return found
