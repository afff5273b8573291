"""Settings of the tracker node that are not thresholds of the tracker."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from efficientsam3_ros.core import Prompt
from efficientsam3_ros.engine import DEFAULT_BUNDLE

TRANSPORTS = ('raw', 'compressed')
RELIABILITIES = ('best_effort', 'reliable')


def setting(default: Any, description: str, **metadata: Any) -> Any:
    """Return a dataclass field that becomes a parameter; see ``NodeSettings`` for metadata."""
    return field(default=default, metadata={'description': description, **metadata})


def fixed(default: Any, description: str, **metadata: Any) -> Any:
    """Return a field whose parameter never changes after the start."""
    return setting(default, description, read_only=True, **metadata)


@dataclass(frozen=True)
class NodeSettings:
    """Parameters of the node beside those of ``TrackerConfig``.

    Metadata: ``description``; ``low`` and ``high`` or ``choices``; ``structural`` settings are
    used at configure and cannot change until cleanup; ``read_only`` ones never change.

    Raises:
        ValueError: If a value is out of range or a prompt cannot be served.
    """

    bundle: str = setting(
        DEFAULT_BUNDLE,
        'Bundle of network graphs: an embedded name or the path of a folder.',
        structural=True,
    )
    engine: str = setting(
        'onnxruntime',
        'Inference backend: onnxruntime, openvino, tensorrt, onnxruntime-cuda, ...; a precision '
        'may follow, as in tensorrt:fp16.',
        structural=True,
    )
    threads: int = setting(
        0, 'CPU threads of the engine; 0 takes all cores.', low=0, high=256, structural=True
    )
    prompts: tuple[str, ...] = setting(
        (),
        'Concepts to look for; they replace the current ones. Blank entries are ignored.',
    )
    image_transport: str = setting(
        'raw',
        'Subscribe to "image" (raw) or to "image/compressed" (compressed).',
        choices=TRANSPORTS,
        structural=True,
    )
    reliability: str = setting(
        'best_effort',
        'QoS of the image subscription; best_effort hears both kinds of publishers.',
        choices=RELIABILITIES,
        structural=True,
    )
    autostart: bool = setting(
        True, 'Configure and activate without a lifecycle manager.', read_only=True
    )
    max_age: float = setting(
        0.0, 'Images older than this are dropped, seconds; 0 takes any.', low=0.0, high=3600.0
    )
    time_jump: float = setting(
        1.0,
        'Stamps that step back by more than this begin a new time and reset the tracks, '
        'seconds; images that step back less are dropped.',
        low=0.0,
        high=3600.0,
    )
    publish_label_image: bool = setting(
        True, 'Offer ~/label_image (16UC1), made only while it has a subscriber.', structural=True
    )
    overlay_rate: float = setting(
        10.0,
        'Highest rate of ~/overlay, Hz, made only while it has a subscriber; 0 switches it off.',
        low=0.0,
        high=120.0,
    )
    diagnostics_period: float = setting(
        1.0, 'Seconds between two reports on /diagnostics.', low=0.1, high=60.0, read_only=True
    )

    def __post_init__(self) -> None:
        check_metadata(self)
        self.parsed_prompts()

    def parsed_prompts(self) -> tuple[Prompt, ...]:
        """Return ``prompts`` as prompts, blank entries left out.

        Raises:
            PromptError: If a concept cannot be served.
        """
        return tuple(Prompt(concept) for concept in self.prompts if concept.strip())


def check_metadata(settings: Any) -> None:
    """Compare a dataclass's values with the ``choices``, ``low`` and ``high`` of its fields.

    Raises:
        ValueError: If one is out of range; the message names it.
    """
    for item in fields(settings):
        value = getattr(settings, item.name)
        choices, low = item.metadata.get('choices'), item.metadata.get('low')
        if choices and value not in choices:
            raise ValueError(f'{item.name} is one of {", ".join(choices)}; got "{value}".')
        if low is not None and not low <= value <= item.metadata['high']:
            raise ValueError(f'{item.name} lies in {low}..{item.metadata["high"]}, got {value}.')
