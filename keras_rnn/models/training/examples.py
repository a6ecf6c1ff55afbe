# SPDX-License-Identifier: Apache-2.0
"""The examples of a training, batch by batch, readable from any batch on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from keras_rnn.models.training.described import described_data

if TYPE_CHECKING:
    from keras_rnn.data import PreparedData


class Examples(Protocol):
    """What `Training.fit` asks of the examples that a network learns from."""

    def num_batches(self, batch_size: int) -> int:
        """The number of batches that hold every example once."""
        ...

    def batches(self, batch_size: int, *, seed: int, start: int) -> Any:
        """A dataset without an end.

        Args:
            batch_size: Number of examples in a batch.
            seed: Seed of the order of the examples.
            start: Number of the first batch. Batch k must be the same one
                wherever the reading starts.
        """
        ...

    def validation(self, batch_size: int) -> Any:
        """The dataset that tells when to stop, or None."""
        ...

    def described(self) -> dict[str, Any]:
        """What the weights depend on, name -> value that JSON can hold."""
        ...


@dataclass(frozen=True)
class PreparedExamples:
    """The windows of prepared data: one part trains, another one stops.

    Args:
        data: `PreparedData` with a validation part.
    """

    data: "PreparedData"

    def num_batches(self, batch_size: int) -> int:
        return -(-len(self.data.train) // batch_size)

    def batches(self, batch_size: int, *, seed: int, start: int) -> Any:
        return self.data.train.epochs(batch_size, seed=seed, start=start)

    def validation(self, batch_size: int) -> Any:
        return self.data.validation.dataset(4 * batch_size)

    def described(self) -> dict[str, Any]:
        return described_data(self.data)
