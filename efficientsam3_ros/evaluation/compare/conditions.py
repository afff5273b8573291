"""Conditions on a difference, as a build server asks: 'cgf1 < -0.5'."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
import math
import operator
import re

from efficientsam3_ros.evaluation.compare.difference import Differences
from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO

_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    '<': operator.lt,
    '<=': operator.le,
    '>': operator.gt,
    '>=': operator.ge,
}
_GRAMMAR = re.compile(r'\s*(\w+)\s*(<=|>=|<|>)\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*')


@dataclass(frozen=True)
class Condition:
    """A comparison of one difference with a number.

    Attributes:
        text: As it was written.
        metric: Name in the catalogue.
        sign: One of < <= > >=.
        number: In shown units: points, counts, milliseconds.
    """

    text: str
    metric: str
    sign: str
    number: float

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Read 'METRIC OPERATOR NUMBER'.

        Raises:
            ValueError: If it is none, or the metric is unknown.
        """
        found = _GRAMMAR.fullmatch(text)
        if found is None:
            raise ValueError(
                f'"{text}" is no condition; write metric, operator (< <= > >=) and number, '
                'e.g. "cgf1 < -0.5".'
            )
        name = found[1].lower()
        if name not in METRIC_INFO:
            near = get_close_matches(name, METRIC_INFO, 1)
            hint = f'do you mean {near[0]}? ' if near else ''
            raise ValueError(
                f'"{text}": there is no metric {found[1]}; {hint}Known: {", ".join(METRIC_INFO)}.'
            )
        return cls(text.strip(), name, found[2], float(found[3]))

    def holds(self, total: Differences) -> bool:
        """Tell whether the condition is true of the differences over all sequences.

        Raises:
            ValueError: If a run does not have the metric: then nothing can be promised.
        """
        item = total.get(self.metric)
        change = math.nan if item is None else item.change.value
        if math.isnan(change):
            raise ValueError(
                f'"{self.text}" cannot be judged: {self.metric} is undefined in at least one run '
                '(does it need ground truth, absent concepts, or several objects?).'
            )
        # Rounded so that 0.5 points are 0.5 points in spite of binary fractions.
        shown = round(change * METRIC_INFO[self.metric].scale, 9)
        return _OPERATORS[self.sign](shown, self.number)
