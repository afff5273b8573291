"""The commands of a row with one seed, and where its files lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.pipeline.plan import PipelineStep
from training.proof.plan import TEACHER, ProofPlan, ProofRow, folder_name
from training.runtime.best import BEST

SCORES = 'scores.json'
RESOLVED = 'plan.yaml'
"""The plan as it is run, with what the command line put in its place."""


@dataclass(frozen=True)
class Rows:
    """The rows of a plan with one seed.

    Attributes:
        plan: The plan.
        out: Folder of the proof.
        seed: Of the rows.
    """

    plan: ProofPlan
    out: Path
    seed: int

    @property
    def folder(self) -> Path:
        """Return the folder of the seed."""
        return self.out / f'seed_{self.seed}'

    def place(self, row: str) -> Path:
        """Return the folder of a row; the teacher, which has no seed, has one for all."""
        return (self.out if row == TEACHER else self.folder) / f'row_{folder_name(row)}'

    def best(self, row: str) -> Path:
        """Return the best weights of a row that trains something."""
        return self.place(row) / 'run' / BEST

    def weights(self, row: str) -> list[Path]:
        """Return what a row's network consists of over the teacher, later ones over earlier."""
        if row == TEACHER:
            return []
        own = self.plan.rows[row]
        below = [path for other in own.after for path in self.weights(other)]
        return list(dict.fromkeys([*below, *([self.best(row)] if own.stage else [])]))

    def training(self, name: str) -> PipelineStep | None:
        """Return the training of a row; None if it only joins others."""
        row = self.plan.rows[name]
        if not row.stage:
            return None
        words = ['--config', self.plan.stages[row.stage].config]
        words += ['--out', str(self.best(name).parent), *self.settings(row)]
        words += [f'seed={self.seed}', f'name={folder_name(name)}']
        if row.after:
            before = ','.join(str(path) for other in row.after for path in self.weights(other))
            words.append(f'initialize_from=[{before}]')
        made = str(self.best(name).relative_to(self.out))
        return PipelineStep(name, f'training.{row.stage}', words, made)

    def settings(self, row: ProofRow) -> list[str]:
        """Return the settings in the place of those of a row's stage."""
        return [self.plan.filled(word, self.out) for word in (*self.plan.shared, *row.settings)]

    def scoring(self, name: str, seconds: float = 0.0) -> PipelineStep:
        """Return what scores a row whose training took so long."""
        words = ['--plan', str(self.out / RESOLVED), '--out', str(self.out)]
        words += ['--row', name, '--seed', str(self.seed), '--seconds', f'{seconds:.0f}']
        made = str((self.place(name) / SCORES).relative_to(self.out))
        return PipelineStep(f'scores of {name}', 'training.proof.score', words, made)
