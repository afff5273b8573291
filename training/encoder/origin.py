"""What a run's weights were learned from: kept with them, and compared when they are read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from training.teacher.identity import TeacherIdentity

ENTRY = 'origin'


@dataclass(frozen=True)
class Origin:
    """Part of a checkpoint that is compared instead of restored.

    Attributes:
        teacher: Whose features were learned, and how images were prepared.
        context: Tokens of a phrase.
    """

    teacher: TeacherIdentity
    context: int

    def state_dict(self) -> dict[str, Any]:
        """Return what the file holds."""
        return asdict(self)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Compare.

        Raises:
            ValueError: If teacher, preprocess or context is another one.
        """
        before = Origin(TeacherIdentity(**state_dict['teacher']), int(state_dict['context']))
        what = before.teacher.difference(self.teacher)
        if what:
            raise ValueError(f'it was learned from another {what}')
        if before.context != self.context:
            raise ValueError(f'it reads {before.context} tokens, not {self.context}')
