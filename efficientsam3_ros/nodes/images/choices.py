"""What the parameters about a subscription to images can be."""

from __future__ import annotations

TRANSPORTS = ('raw', 'compressed')
RELIABILITIES = ('best_effort', 'reliable')
AUTO = 'auto'
"""As the publishers: reliable if all of them are."""
