"""The parameter ``prompts`` while the node runs."""

from __future__ import annotations

from typing import Any

from efficientsam3_ros.nodes.tracker.parameters import TrackerParameters
from efficientsam3_ros.nodes.tracker.prompt_keeper import PromptKeeper
from efficientsam3_ros.nodes.tracker.prompt_services import REFUSALS
from efficientsam3_ros.tracking.live.pipeline import Pipeline


def take_prompts(
    parameters: TrackerParameters, keeper: PromptKeeper, pipeline: Pipeline | None, logger: Any
) -> None:
    """Let the tracker look for what the parameter says, now or once there is one.

    Args:
        parameters: Of the node; show what counts after a refusal.
        keeper: Replaces and keeps the prompts.
        pipeline: Runs the tracker; None while the node is not configured.
        logger: Of rclpy.

    Raises:
        PromptError: If the prompts cannot be served.
        RuntimeError: If the pipeline does not run.
        TimeoutError: If the tracker is busy for too long.
    """
    wanted = parameters.settings.parsed_prompts()
    if pipeline is None:
        keeper.wanted = wanted
        return
    try:
        answer = keeper.replace(pipeline, wanted)
    except REFUSALS:
        parameters.show_prompts([prompt.concept for prompt in keeper.wanted])
        raise
    answer.log(logger)
