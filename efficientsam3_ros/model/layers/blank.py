"""Networks without random weights, for those that get theirs from elsewhere or need none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.nn import init
from torch.overrides import TorchFunctionMode

_RANDOM = frozenset(
    (
        *(Tensor.uniform_, Tensor.normal_, Tensor.erfinv_),
        *(init.uniform_, init.normal_, init.trunc_normal_),
        *(init.xavier_uniform_, init.xavier_normal_),
        *(init.kaiming_uniform_, init.kaiming_normal_),
    )
)


class Blank(TorchFunctionMode):
    """Within this context random initialization leaves what the memory holds.

    A student has a hundred million random numbers, a second or two of work.
    """

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Skip what fills a tensor with random numbers."""
        given = kwargs or {}
        if function in _RANDOM:
            return args[0] if args else given['tensor']
        return function(*args, **given)
