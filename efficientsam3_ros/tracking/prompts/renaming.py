"""Handing what belongs to a concept over to another concept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from efficientsam3_ros.core import Prompt, PromptError
from efficientsam3_ros.tracking.prompts.prompt_set import concept_key


def check_renaming(
    renamed: Mapping[str, str], before: Iterable[Prompt], after: Iterable[Prompt]
) -> dict[str, str]:
    """Check a renaming against the prompts.

    Concepts may swap their names, and several may go to one.

    Args:
        renamed: Old concept to new one.
        before: Prompts in force.
        after: Prompts that are asked for.

    Returns:
        Old concept key to new one.

    Raises:
        PromptError: If an old concept is not in force or lives on, or a new one is not asked for.
    """
    keys = {concept_key(old): concept_key(new) for old, new in renamed.items()}
    known = {concept_key(prompt.concept): prompt.concept for prompt in before}
    asked = {concept_key(prompt.concept) for prompt in after}
    for old, new in renamed.items():
        key = concept_key(old)
        if key not in known:
            raise PromptError(
                f'"{old}" cannot be renamed to "{new}": it is not in force; the concepts in force '
                f'are {", ".join(known.values()) or "none"}.'
            )
        if keys[key] not in asked:
            raise PromptError(
                f'"{old}" cannot be renamed to "{new}": that is not among the new prompts; add it.'
            )
        if key in asked and key not in keys.values():
            raise PromptError(
                f'"{old}" is to be renamed to "{new}" and to stay as well, but its tracks can '
                'belong to one of them only; leave one out.'
            )
    return keys
