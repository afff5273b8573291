"""Words on packages: invented names, and what is in there."""

from __future__ import annotations

import numpy as np

_FIRST = (
    *('Vor', 'Tami', 'Quel', 'Sundre', 'Osta', 'Brim', 'Fenni', 'Lor', 'Zupa', 'Kelmo', 'Nandi'),
    *('Halve', 'Miro', 'Pelto', 'Rusti', 'Ambro', 'Cali', 'Dovi', 'Eri', 'Gol', 'Ivo', 'Jas'),
)
_LAST = (
    *('lan', 'ro', 'by', 'lo', 'via', 'mo', 'ck', 'vee', 'ri', 'ra', 'nella', 'dina', 'sen'),
    *('tto', 'mill', 'wyn', 'quist', 'bel', 'dor', 'ssa'),
)
_PRAISE = (
    *('Original', 'Classic', 'Fresh', 'Natural', 'Family Size', 'Extra Fine', 'Traditional'),
    *(
        'New Recipe',
        'No Added Sugar',
        'Mild',
        'Strong',
        'Whole Grain',
        'Best Choice',
        'Since 1907',
    ),
)
_AMOUNTS = '250 g', '400 g', '500 g', '330 ml', '750 ml', '1 L', '12 x 2 g', '85 g', '1.5 kg'


def brand(rng: np.random.Generator) -> str:
    """Return an invented name."""
    name = _FIRST[rng.integers(len(_FIRST))] + _LAST[rng.integers(len(_LAST))]
    return (name, name.upper(), name.lower())[rng.choice(3, p=[0.5, 0.35, 0.15])]


def praise(rng: np.random.Generator) -> str:
    """Return what a package says about itself."""
    return _PRAISE[rng.integers(len(_PRAISE))]


def amount(rng: np.random.Generator) -> str:
    """Return how much is in it."""
    return _AMOUNTS[rng.integers(len(_AMOUNTS))]
