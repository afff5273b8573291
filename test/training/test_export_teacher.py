"""Which licence the weights of a teacher have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from training.concept.config import ConceptRunConfig
from training.concept.loss_weights import ConceptLossWeights
from training.export_teacher import license_of

FROM_NOTHING = ConceptRunConfig(
    teacher='', loss=ConceptLossWeights(teacher_score=0.0, teacher_presence=0.0)
)


def test_what_began_as_nothing_is_ours():
    assert license_of(FROM_NOTHING) == 'Apache-2.0'


@pytest.mark.parametrize(
    'settings',
    [
        ConceptRunConfig(),
        replace(FROM_NOTHING, base='weights/base'),
        replace(FROM_NOTHING, initialize_from=('runs/stage1/best.pt',)),
    ],
    ids=['taught by SAM 3', 'SAM 3 beneath', 'from weights of elsewhere'],
)
def test_weights_that_may_hold_others_keep_the_licence_of_these(settings):
    assert license_of(settings) == 'LicenseRef-SAM'
