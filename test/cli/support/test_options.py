"""Checks of what users type."""

from __future__ import annotations

from math import inf, nan
from typing import get_args

from cyclopts import Parameter
import pytest

from efficientsam3_ros.cli.support.options import Positive, at_least, between


def check(parameter: Parameter, value: float) -> None:
    for validate in parameter.validator:
        validate(float, value)


@pytest.mark.parametrize('value', [nan, -inf, inf, -1.0, 1e12])
@pytest.mark.parametrize('parameter', [at_least(0), between(0, 5), get_args(Positive)[1]])
def test_no_limit_lets_pass_what_is_no_finite_number(parameter, value):
    with pytest.raises(ValueError, match='Must be'):
        check(parameter, value)
    check(parameter, 2.0)
