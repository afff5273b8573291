"""Settings of the tracker node that are not thresholds of the tracker."""

from __future__ import annotations

from dataclasses import dataclass

from efficientsam3_ros.core import Prompt
from efficientsam3_ros.core.settings import check, choice, flag, number, text
from efficientsam3_ros.engine import DEFAULT_BUNDLE
from efficientsam3_ros.engine.options import EngineOptions, usable_cores
from efficientsam3_ros.nodes.images.choices import AUTO, RELIABILITIES, TRANSPORTS


@dataclass(frozen=True)
class NodeSettings:
    """Parameters of the node beside those of ``TrackerConfig``.

    ``structural`` settings are used at configure and cannot change until cleanup; ``read_only``
    ones never change.

    Raises:
        ValueError: If a value is out of range or a prompt cannot be served.
    """

    bundle: str = text(
        DEFAULT_BUNDLE,
        'Bundle of network graphs: an embedded name or the path of a folder.',
        structural=True,
    )
    engine: str = text(
        'onnxruntime',
        'Inference backend: onnxruntime, openvino, tensorrt, onnxruntime-cuda, ...; a precision '
        'may follow, as in tensorrt:fp16.',
        structural=True,
    )
    threads: int = number(
        0,
        0,
        256,
        'CPU threads of the engine; 0 takes half of the cores, but at least 2 and at most 4.',
        structural=True,
    )
    spin: bool = flag(
        False,
        "Let the engine's threads wait by spinning (onnxruntime): no faster on an idle "
        'machine, much slower beside other work.',
        structural=True,
    )
    prompts: tuple[str, ...] = text(
        (),
        'Concepts to look for, as a list or as one text with commas; they replace the current '
        'ones. Blank entries are ignored.',
    )
    image_transport: str = choice(
        'raw',
        TRANSPORTS,
        'Subscribe to "image" (raw) or to "image/compressed" (compressed); where "image" is '
        'remapped to a name that ends in /compressed, to that.',
        structural=True,
    )
    reliability: str = choice(
        AUTO,
        (AUTO, *RELIABILITIES),
        'QoS of the image subscription; auto: reliable while all publishers are, else '
        'best_effort, which hears both kinds.',
        structural=True,
    )
    autostart: bool = flag(
        True, 'Configure and activate without a lifecycle manager.', read_only=True
    )
    max_age: float = number(
        0.0, 0.0, 3600.0, 'Images older than this are dropped, seconds; 0 takes any.'
    )
    time_jump: float = number(
        1.0,
        0.0,
        3600.0,
        'Stamps that step back by more than this begin a new time and reset the tracks, '
        'seconds; images that step back less are dropped.',
    )
    max_failures: int = number(
        5,
        0,
        1_000_000,
        'When so many images in a row cannot be processed, as when a GPU is lost, the node goes '
        'to unconfigured with the reason; configure loads the network anew. 0 goes on.',
    )
    publish_label_image: bool = flag(
        True, 'Offer ~/label_image (16UC1), made only while it has a subscriber.', structural=True
    )
    overlay_rate: float = number(
        10.0,
        0.0,
        120.0,
        'Highest rate of ~/overlay, Hz, made only while it has a subscriber; 0 switches it off.',
    )
    diagnostics_period: float = number(
        1.0, 0.1, 60.0, 'Seconds between two reports on /diagnostics.', read_only=True
    )

    loss_warning: float = number(
        0.05,
        0.0,
        1.0,
        '/diagnostics warns when more than this share of the published images does not arrive.',
    )
    latency_warning: float = number(
        0.5,
        0.0,
        3600.0,
        '/diagnostics warns when the 95th percentile of the time from arrival to result is above '
        'this, seconds.',
    )
    rate_warning: float = number(
        0.33,
        0.0,
        1.0,
        '/diagnostics warns when less than this share of the published images leads to a result.',
    )

    def __post_init__(self) -> None:
        check(self)
        self.parsed_prompts()

    def engine_options(self) -> EngineOptions:
        """Return how the engine is to run."""
        return EngineOptions(threads=self.threads or automatic_threads(), spin=self.spin)

    def parsed_prompts(self) -> tuple[Prompt, ...]:
        """Return ``prompts`` as prompts, blank entries left out.

        Raises:
            PromptError: If a concept cannot be served.
        """
        return tuple(Prompt(concept) for concept in self.prompts if concept.strip())


def automatic_threads() -> int:
    """Return how many threads the engine gets unless told: a robot's cores have other work, too.

    More than 4 wait for each other more than they gain, in graphs of hundreds of short operations.
    """
    cores = usable_cores()
    return min(cores, max(2, min(4, cores // 2)))
