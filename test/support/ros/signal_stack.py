"""The alternate signal stack of the calling thread, as the kernel knows it (Linux)."""

from __future__ import annotations

import ctypes
from typing import NamedTuple

_DISABLED = 2


class SignalStack(NamedTuple):
    """Where signal handlers of a thread run; ``address`` is 0 if on its ordinary stack."""

    address: int
    size: int


class _Stack(ctypes.Structure):
    _fields_ = (
        ('pointer', ctypes.c_void_p),
        ('flags', ctypes.c_int),
        ('size', ctypes.c_size_t),
    )


def signal_stack() -> SignalStack:
    """Return the alternate signal stack of the calling thread."""
    found = _Stack()
    library = ctypes.CDLL(None, use_errno=True)
    if library.sigaltstack(None, ctypes.byref(found)):
        raise OSError(ctypes.get_errno(), 'sigaltstack')
    return SignalStack(0, 0) if found.flags & _DISABLED else SignalStack(found.pointer, found.size)
