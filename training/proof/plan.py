"""What the small-scale proof trains, scores and expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
import re

from training.pipeline.plan import OUT, PipelineStep
from training.settings.reading import build, read_entries

TEACHER = 'teacher'
"""The row of the teacher, which is always there."""
STAGES = ('align', 'stage1', 'stage2', 'stage3')
"""The three stages, and the alignment that a network which knows nothing needs before stage 3."""


@dataclass(frozen=True)
class StagePlan:
    """One of :data:`STAGES`.

    Attributes:
        config: YAML settings that its rows share.
        seconds: Of a step on one core, as measured; for estimates.
    """

    config: str = ''
    seconds: float = 1.0


@dataclass(frozen=True)
class ProofRow:
    """One row of the table.

    Attributes:
        stage: What it trains, of :data:`STAGES`; empty if it only joins others.
        after: Rows whose best weights it begins with, later ones over earlier ones.
        settings: In place of the stage's, as KEY=VALUE.
        seconds: Of a step, where it is another than the stage's.
    """

    stage: str = ''
    after: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.stage and self.stage not in STAGES:
            raise ValueError(f'A row trains one of {", ".join(STAGES)}, not {self.stage}.')
        if not self.stage and not self.after:
            raise ValueError('A row trains a stage, or names rows that it joins (after).')


@dataclass(frozen=True)
class Expectation:
    """What is expected of a row: ``metric >= share * that of another row + margin``.

    Attributes:
        row: Whose figure.
        metric: One of ``METRICS``.
        than: The other row.
        share: Factor of the other row's figure.
        margin: What it must be better by, in the metric's own unit.
        beyond_interval: Whether the whole 95 % interval of the paired difference must lie above 0.
    """

    row: str = ''
    metric: str = ''
    than: str = TEACHER
    share: float = 1.0
    margin: float = 0.0
    beyond_interval: bool = False


@dataclass(frozen=True)
class HeldOut:
    """What all rows are scored on; nothing of it is trained on.

    Attributes:
        pictures: With phrases, SA-Co's form.
        validation: More of them, on which each row's threshold is chosen.
        masks: Pictures with masks, SA-1B's form.
        clips: Clips with objects, DAVIS' form.
    """

    pictures: str = ''
    validation: str = ''
    masks: str = ''
    clips: str = ''


@dataclass(frozen=True)
class ProofPlan:
    """The whole proof.

    Attributes:
        name: Of the report.
        values: Words of one's own, ``{name}`` to what stands for it.
        prepare: Steps that make data and teacher, before all rows.
        minutes: What each of them takes, as measured; for estimates.
        teacher: Folder of ``training.export_teacher``.
        stages: By name.
        shared: Settings of all rows, as KEY=VALUE.
        rows: By name, in order: a row comes behind those that it begins with.
        seeds: Every row is trained with each of them.
        budget: Minutes of a row with one seed; a training that takes longer is ended there.
        held_out: What is scored.
        expected: What the figures should be.
    """

    name: str = 'proof'
    values: dict[str, str] = field(default_factory=dict)
    prepare: list[PipelineStep] = field(default_factory=list)
    minutes: dict[str, float] = field(default_factory=dict)
    teacher: str = f'{OUT}/teacher'
    stages: dict[str, StagePlan] = field(default_factory=dict)
    shared: list[str] = field(default_factory=list)
    rows: dict[str, ProofRow] = field(default_factory=dict)
    seeds: list[int] = field(default_factory=lambda: [1, 2])
    budget: float = 40.0
    held_out: HeldOut = field(default_factory=HeldOut)
    expected: list[Expectation] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise ValueError('A proof needs seeds, each of them once.')
        if self.budget <= 0:
            raise ValueError('budget is in minutes; give more than 0.')
        before = [TEACHER]
        for name, row in self.rows.items():
            if name == TEACHER or (row.stage and row.stage not in self.stages):
                raise ValueError(f'The row {name} has no stage, or the name of the teacher.')
            if unknown := [other for other in row.after if other not in before[1:]]:
                raise ValueError(f'The row {name} begins with {unknown[0]}, which is not above.')
            before.append(name)
        for each in self.expected:
            if not {each.row, each.than} <= set(before):
                raise ValueError(f'{each.row} or {each.than} is expected, but is no row.')

    @classmethod
    def load(cls, path: Path, overrides: Sequence[str] = ()) -> ProofPlan:
        """Read a YAML file.

        Args:
            path: The file.
            overrides: Entries in its place, such as ``seeds=[1,2,3]``.

        Raises:
            ConfigError: If it is missing, or an entry is unknown or misfit.
        """
        entries = read_entries(path, 'see training/configs/proof/plan.yaml')
        return build(cls, entries, str(path), overrides)

    def filled(self, word: str, out: Path) -> str:
        """Return a word with the values and the proof's folder in it."""
        for name, value in self.values.items():
            word = word.replace(f'{{{name}}}', value)
        return word.replace(OUT, str(out))


def folder_name(row: str) -> str:
    """Return a row's name as that of a folder."""
    return re.sub(r'\W+', '_', row.lower()).strip('_')
