"""What a training says of itself: its data, its network, its loss and what is best."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, Generic, TypeVar

from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.utils.data import DataLoader, Dataset

from training.runtime.best import Monitor
from training.runtime.checkpoint import Stateful
from training.settings.config import RunConfig

BatchT = TypeVar('BatchT')
ConfigT = TypeVar('ConfigT', bound=RunConfig)
NetworkT = TypeVar('NetworkT', bound=nn.Module)


class Training(ABC, Generic[ConfigT, BatchT, NetworkT]):
    """What the loop asks of a training.

    Attributes:
        config: The settings.
        fabric: Names the device, and the other processes if there are any.
        network: Its weights are averaged and validated.
        learner: The network, with what serves training only.
        average: The network with averaged weights, in evaluation mode.
        optimizer: Of the learner.
        validation_data: Batches that are never trained on.
        part: Which of a step's batches is computed, of all processes; the same batch of the same
            step has the same number however many processes there are.
    """

    shown_iou: ClassVar[str]
    """The metric that the progress bar shows."""
    monitor: ClassVar[Monitor]
    """The metric of a validation that tells which weights are best."""

    config: ConfigT
    fabric: Fabric
    network: NetworkT
    learner: nn.Module
    average: NetworkT
    optimizer: Optimizer
    validation_data: Dataset[BatchT]
    part: int = 0

    @abstractmethod
    def open_data(self) -> tuple[Dataset[BatchT], Dataset[BatchT]]:
        """Return the batches of training and of validation.

        Item i is a function of i and the seed alone; of those of training it is the batch of step
        i. See ``training.runtime.parts`` for several batches a step.
        """

    @abstractmethod
    def build_network(self) -> NetworkT:
        """Return the network with its initial weights; draws from torch's generator."""

    def build_learner(self) -> nn.Module:
        """Return the network, or it with more parts to train."""
        return self.network

    def rates(self) -> list[tuple[nn.Module, float]]:
        """Return disjoint modules of the learner and the factor of their learning rate."""
        return [(self.learner, 1.0)]

    def kept_parts(self) -> dict[str, Stateful]:
        """Return what a checkpoint holds, by names."""
        return {'model': self.learner, 'average': self.average, 'optimizer': self.optimizer}

    def best_entries(self) -> dict[str, Any]:
        """Return what the file of the best weights holds."""
        return {'average': self.average.state_dict()}

    def set_train_mode(self) -> None:
        """Put the learner into train mode."""
        self.learner.train()

    @abstractmethod
    def compute(self, step: int, batch: BatchT) -> tuple[Tensor, dict[str, float]]:
        """Return the loss of a batch, and metrics for the log.

        The global generators of torch, numpy and Python are seeded anew for each batch.
        """

    @abstractmethod
    def validate(self) -> dict[str, float]:
        """Score the averaged weights on data that are never trained on; in the first process."""

    def validation_batches(self) -> Iterator[BatchT]:
        """Iterate over the batches of a validation."""
        return self.batches_of(self.validation_data)

    def batches_of(self, data: Dataset[BatchT]) -> Iterator[BatchT]:
        """Iterate over the batches of a data set."""
        return map(self.fabric.to_device, DataLoader(data, batch_size=None))
