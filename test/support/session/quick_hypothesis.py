"""Hypothesis without the constants of our sources."""

from __future__ import annotations


def leave_out_constants() -> None:
    """Let Hypothesis draw no constants that it finds in our sources.

    It parses each of six hundred modules for them, in every process that collects a test with it:
    five seconds. What it draws depended on which of them other tests had imported.
    """
    from hypothesis.internal.conjecture import providers

    if hasattr(providers, '_get_local_constants') and hasattr(providers, '_local_constants'):
        providers._get_local_constants = lambda: providers._local_constants
