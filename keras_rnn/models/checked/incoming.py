# SPDX-License-Identifier: Apache-2.0
"""Checks data for `fit`, `evaluate` and `predict` before a model reads them.

Targets and weights also get all their axes here, before they become tensors:
TensorFlow forgets the shape of targets that have one rank in this call and
another rank in the next.
"""

import inspect
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from keras_rnn._types import Shape
from keras_rnn.engine import backend
from keras_rnn.models.checked import (
    answers,
    binary_labels,
    class_ids,
    ctc_labels,
    token_ids,
)
from keras_rnn.models.checked.values import Values
from keras_rnn.models.heads.contract import Answers

#: The modules that know what values the targets of a model may have. The first
#: that knows the model checks them.
KINDS = (binary_labels, ctc_labels, class_ids)


class Incoming:
    """Checks the data that one model is given, and completes their axes.

    Args:
        model: A functional `keras.Model`.
    """

    def __init__(self, model: keras.Model) -> None:
        self.input_names: list[str] = [symbol.name for symbol in model.inputs]
        self.sizes: dict[int, int] = token_ids.vocabularies(model)
        self.values: Values | None = next(
            filter(None, (kind.read_by(model) for kind in KINDS)), None
        )
        # The workers of a PyDataset copy this object, and the output of a
        # model, which is bound to its model, cannot be copied.
        self.output: Any = None
        self.kind: Answers = Answers.NUMBERS
        #: The sizes of targets that are known to be those of the outputs.
        self.sizes_of_targets: Shape = ()
        if not keras.tree.is_nested(model.output):
            output = model.output
            # Arrays hold many batches, whatever the batch of the model.
            self.output = keras.KerasTensor(
                (None, *output.shape[1:]), output.dtype
            )
            self.kind = answers.kind_of(output)
            if self.kind is not Answers.TRANSCRIPT:
                self.sizes_of_targets = self.output.shape

    def data(
        self, name: str, x: Any, y: Any = None, sample_weight: Any = None
    ) -> tuple[Any, Any, Any]:
        """Returns inputs, targets and weights as the model takes them.

        Args:
            name: What errors call the inputs.
            x: Arrays, a `PyDataset`, a `tf.data.Dataset` or a generator.
            y: Arrays, or None.
            sample_weight: Arrays, or None.

        Returns:
            The same three. Data that come in batches are checked batch by
            batch, as each batch is made.

        Raises:
            ValueError: If ids are unknown, or shapes do not fit.
        """
        if isinstance(x, keras.utils.PyDataset):
            return CheckedBatches(x, self, name), y, sample_weight
        if inspect.isgenerator(x):
            return self._each(x, name), y, sample_weight
        if hasattr(x, "element_spec"):
            return self._dataset(x), y, sample_weight
        if self.sizes and x is not None:
            token_ids.check_inputs(name, x, self.input_names, self.sizes)
        self._check_values(x, y)
        return x, *self.aligned(y, sample_weight)

    def _check_values(self, x: Any, y: Any) -> None:
        if isinstance(y, (list, tuple)) and len(y) == 1:
            (y,) = y  # the targets of the model's only output
        if self.values is None or not hasattr(y, "shape"):
            return
        y = keras.ops.convert_to_numpy(y) if _has_axes(y) else np.asarray(y)
        layout = answers.layout(y, self.output, self.kind)
        self.values.check(x, y, layout.entry_by_entry)

    def watching(self, x: Any, callbacks: Any) -> Any:
        """Returns callbacks, with one that sees what cannot be checked in x."""
        if self.values is None or not hasattr(x, "element_spec"):
            return callbacks
        if isinstance(callbacks, keras.callbacks.CallbackList):
            callbacks = callbacks.callbacks
        return [*keras.tree.flatten(callbacks or []), *self.values.watching()]

    def batch(self, name: str, batch: Any) -> Any:
        """Returns one batch of a dataset as the model takes it."""
        parts = keras.utils.unpack_x_y_sample_weight(batch)
        return keras.utils.pack_x_y_sample_weight(*self.data(name, *parts))

    def aligned(self, y: Any, sample_weight: Any) -> tuple[Any, Any]:
        """Returns targets and weights with all their axes."""
        if self.output is None or y is None:
            return y, sample_weight
        y = keras.tree.map_structure(
            lambda leaf: (
                answers.layout(leaf, self.output, self.kind).targets
                if _has_axes(leaf)
                else leaf
            ),
            y,
        )
        return y, keras.tree.map_structure(
            lambda leaf: (
                answers.spread_weights(leaf, self.output, self.kind)
                if _has_axes(leaf)
                else leaf
            ),
            sample_weight,
        )

    def _each(self, batches: Iterator[Any], name: str) -> Iterator[Any]:
        for batch in batches:
            yield self.batch(name, batch)

    def _dataset(self, dataset: Any) -> Any:
        if not hasattr(dataset, "map"):  # a distributed dataset
            return dataset
        for place, size in self.sizes.items():
            dataset = backend.asserting_ids(
                dataset,
                lambda element, place=place, size=size: [
                    ids
                    for ids, _ in token_ids.ids_in(
                        keras.utils.unpack_x_y_sample_weight(element)[0],
                        self.input_names,
                        {place: size},
                    )
                ],
                size,
                token_ids.WORDS,
            )
        dataset = backend.asserting_equal_batches(dataset)
        return self._with_all_axes(self._of_valid_values(dataset))

    def _of_valid_values(self, dataset: Any) -> Any:
        """The dataset, which now fails at targets that the loss cannot read."""
        y = _symbol(_targets_in(dataset.element_spec))
        if y is None or self.values is None:
            return dataset
        layout = answers.layout(y, self.output, self.kind)
        return self.values.asserted(
            dataset, lambda e: [_targets_in(e)], layout.entry_by_entry
        )

    def _with_all_axes(self, dataset: Any) -> Any:
        """The dataset, whose targets and weights now have all their axes."""
        _, *specs = keras.utils.unpack_x_y_sample_weight(dataset.element_spec)
        given = keras.tree.map_structure(_symbol, specs)
        found = list(self.aligned(*given))
        known = _shapes(given) == _shapes(found) and self._all_known(given[0])
        if known or not backend.TRACES_SPECIFICATIONS:
            return dataset

        def with_all_axes(x, *others):
            y, weights = self.aligned(*(*others, None)[:2])
            y = keras.tree.map_structure(self._of_known_sizes, y)
            return (x, y, weights)[: 1 + len(others)]

        return dataset.map(with_all_axes)

    def _all_known(self, y: Any) -> bool:
        """Whether targets have each size that the outputs are known to have."""
        return not any(
            size is None and known is not None
            for shape in _shapes(y)
            for size, known in zip(shape, self.sizes_of_targets, strict=False)
        )

    def _of_known_sizes(self, leaf: Any) -> Any:
        if not self.sizes_of_targets or not _has_axes(leaf):
            return leaf
        return backend.of_shape(leaf, self.sizes_of_targets[: len(leaf.shape)])


def _targets_in(element: Any) -> Any:
    return keras.utils.unpack_x_y_sample_weight(element)[1]


def _shapes(tensors: Any) -> list[Shape]:
    leaves = keras.tree.flatten(tensors)
    return [tuple(leaf.shape) for leaf in leaves if _has_axes(leaf)]


def _symbol(spec: Any) -> keras.KerasTensor | None:
    """A symbolic tensor of a specification; None if its rank is unknown.

    It is also None for tensors that are ragged or sparse.
    """
    plain = type(spec).__name__ == "TensorSpec" and spec.shape.rank is not None
    if not plain:
        return None
    return keras.KerasTensor(tuple(spec.shape), spec.dtype.name)


def _has_axes(leaf: Any) -> bool:
    """Whether a value is an array, or a tensor of known rank."""
    if isinstance(leaf, (np.ndarray, keras.KerasTensor)):
        return True
    if not keras.ops.is_tensor(leaf) or hasattr(leaf, "flat_values"):
        return False
    return getattr(leaf.shape, "rank", 0) is not None


class CheckedBatches(keras.utils.PyDataset):
    """The batches of another dataset, each checked as it is made.

    Args:
        batches: The other dataset.
        incoming: `Incoming` of the model.
        name: What errors call the inputs.
    """

    def __init__(
        self, batches: keras.utils.PyDataset, incoming: Incoming, name: str
    ) -> None:
        super().__init__(
            workers=batches.workers,
            use_multiprocessing=batches.use_multiprocessing,
            max_queue_size=batches.max_queue_size,
        )
        self.batches = batches
        self.incoming = incoming
        self.called = name

    @property
    def num_batches(self) -> int | None:
        return self.batches.num_batches

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, index: int) -> Any:
        return self.incoming.batch(self.called, self.batches[index])

    def on_epoch_begin(self) -> None:
        self.batches.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self.batches.on_epoch_end()
