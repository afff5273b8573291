"""Released weights: where they lie and what they are.

Repositories and file names are those of upstream's README files (SimonZeng7108/efficientsam3) and
model cards. Nothing is fetched to verify them here; ``--repo`` and ``--file`` name others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from efficientsam3_ros.model.text.mobileclip import TextName

EFFICIENTSAM3 = 'Simon7108528/EfficientSAM3'
SAM3 = 'facebook/sam3'


@dataclass(frozen=True)
class Release:
    """One name that ``efficientsam3 download`` knows.

    Attributes:
        name: What the user types.
        title: What it is.
        repo: Repository on the model hub.
        files: Files, the student's own first, then what fills its gaps; empty for a whole
            repository in transformers' layout.
        variant: Student, None if the release is none by itself.
        text: Text encoder.
        context: Tokens with which the text encoder was trained.
        gated: Whether its licence must be accepted on the hub first.
    """

    name: str
    title: str
    repo: str
    files: tuple[str, ...] = ()
    variant: str | None = None
    text: TextName | None = None
    context: int | None = None
    gated: bool = False


_TRUNKS = {
    'es_rv_s': 'repvit-m0_9',
    'es_rv_m': 'repvit-m1_1',
    'es_rv_l': 'repvit-m2_3',
    'es_tv_s': 'tinyvit_5m',
    'es_tv_m': 'tinyvit_11m',
    'es_tv_l': 'tinyvit_21m',
    'es_ev_s': 'efficientvit-b0',
    'es_ev_m': 'efficientvit-b1',
    'es_ev_l': 'efficientvit-b2',
}
_FINE_TUNED = {'es_rv_m': 'repvit', 'es_tv_m': 'tinyvit', 'es_ev_m': 'efficientvit'}
_LITETEXT: dict[TextName, str] = {
    's0': 'mobileclip_s0',
    's1': 'mobileclip_s1',
    'l': 'mobileclip2_l',
}

# Distilled encoders beside SAM 3's detector. The files carry all 77 positions; the context is that
# of upstream's Stage-1 text configuration, whose teacher gives 32 tokens.
_STAGE1 = {
    variant: Release(
        name=f'{variant}_stage1',
        title='Stage 1, MobileCLIP-S1',
        repo=EFFICIENTSAM3,
        files=(f'stage1_all_converted/efficient_sam3_{trunk}_mobileclip_s1.pth',),
        variant=variant,
        text='s1',
        context=32,
    )
    for variant, trunk in _TRUNKS.items()
}
# Fine-tuned on concepts; the exemplar encoder, which no stage trains, comes from Stage 1.
_STAGE3 = {
    variant: Release(
        name=variant,
        title='Stage 3, MobileCLIP-S0',
        repo=EFFICIENTSAM3,
        files=(f'efficientsam3_ft/efficientsam3_{family}.pt', *_STAGE1[variant].files),
        variant=variant,
        text='s0',
        context=16,
    )
    for variant, family in _FINE_TUNED.items()
}
_ALL = (
    *(_STAGE3.get(variant) or replace(_STAGE1[variant], name=variant) for variant in _TRUNKS),
    *(_STAGE1[variant] for variant in _STAGE3),
    *(
        Release(
            name=f'litetext_{text}_{context}',
            title=f'SAM 3 with {title}, a base for students',
            repo=EFFICIENTSAM3,
            files=(f'sam3_litetext/sam3_litetext_{title}_ctx{context}.pt',),
            text=text,
            context=context,
        )
        for text, title in _LITETEXT.items()
        for context in (16, 32)
    ),
    Release('sam3', 'SAM 3, the teacher, in transformers layout', SAM3, gated=True),
    Release('sam3_original', 'SAM 3, a base for students', SAM3, ('sam3.pt',), gated=True),
)
RELEASES: dict[str, Release] = {release.name: release for release in _ALL}
"""Name to release; a student's plain name stands for its best file."""
