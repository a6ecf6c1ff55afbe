# SPDX-License-Identifier: Apache-2.0
"""What `fit` and the like are given, looked at before a model sees it.

Targets and weights get all their axes here already, on the host: TensorFlow
forgets the shape of what it is given with one rank now and another then.
"""

import inspect

import keras
import numpy as np

from keras_rnn.engine import backend
from keras_rnn.models.checked import (
    answers,
    binary_labels,
    class_ids,
    token_ids,
)


class Incoming:
    """Looks at the data of one model.

    Args:
        model: A functional `keras.Model`.
    """

    def __init__(self, model):
        self.symbols = [symbol.name for symbol in model.inputs]
        self.sizes = token_ids.vocabularies(model)
        self.class_ids = class_ids.read_by(model)
        self.binary = binary_labels.read_by(model)
        # The output itself is bound to its model and cannot be copied, as
        # workers of a PyDataset do.
        self.output = self.kind = None
        if not keras.tree.is_nested(model.output):
            output = model.output
            # Arrays hold many batches, whatever the batch of the model.
            self.output = keras.KerasTensor(
                (None, *output.shape[1:]), output.dtype
            )
            self.kind = answers.kind_of(output)

    def data(self, name, x, y=None, sample_weight=None):
        """Inputs, targets and weights as the model takes them.

        Args:
            name: What errors call the inputs.
            x: Arrays, a `PyDataset`, a `tf.data.Dataset` or a generator.
            y: Arrays, or None.
            sample_weight: Arrays, or None.

        Returns:
            The same three. What comes in batches gives batches that are
            looked at as they are made.

        Raises:
            ValueError: If ids or shapes cannot be meant.
        """
        if isinstance(x, keras.utils.PyDataset):
            return LookedAt(x, self, name), y, sample_weight
        if inspect.isgenerator(x):
            return self._each(x, name), y, sample_weight
        if hasattr(x, "element_spec"):
            return self._dataset(x), y, sample_weight
        if self.sizes and x is not None:
            token_ids.check_inputs(name, x, self.symbols, self.sizes)
        self._check_labels(y)
        return x, *self.along(y, sample_weight)

    def _check_labels(self, y):
        if isinstance(y, (list, tuple)) and len(y) == 1:
            (y,) = y  # of a model's only output
        read = self.binary or self.class_ids is not None
        if not read or not hasattr(y, "shape"):
            return
        y = keras.ops.convert_to_numpy(y) if _has_axes(y) else np.asarray(y)
        if self.binary:
            binary_labels.check(y)
            return
        layout = answers.layout(y, self.output, self.kind)
        self.class_ids.check(y, one_hot=layout.entry_by_entry)

    def batch(self, name, batch):
        """One batch of a dataset, as `data`."""
        parts = keras.utils.unpack_x_y_sample_weight(batch)
        return keras.utils.pack_x_y_sample_weight(*self.data(name, *parts))

    def along(self, y, sample_weight):
        """Targets and weights with all their axes."""
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
                answers.spread_weights(leaf, self.output)
                if _has_axes(leaf)
                else leaf
            ),
            sample_weight,
        )

    def _each(self, batches, name):
        for batch in batches:
            yield self.batch(name, batch)

    def _dataset(self, dataset):
        if not hasattr(dataset, "map"):  # a distributed one
            return dataset
        for place, size in self.sizes.items():
            dataset = backend.asserting_ids(
                dataset,
                lambda element, place=place, size=size: [
                    ids
                    for ids, _ in token_ids.ids_in(
                        keras.utils.unpack_x_y_sample_weight(element)[0],
                        self.symbols,
                        {place: size},
                    )
                ],
                size,
                token_ids.WORDS,
            )
        dataset = backend.asserting_equal_batches(dataset)
        return self._with_all_axes(self._of_known_classes(dataset))

    def _of_known_classes(self, dataset):
        """The dataset, which fails at targets that are no labels."""
        spec = keras.utils.unpack_x_y_sample_weight(dataset.element_spec)[1]
        y = _symbol(spec)
        if self.binary and y is not None:
            return backend.asserting_shares(
                dataset,
                lambda element: [
                    keras.utils.unpack_x_y_sample_weight(element)[1]
                ],
                binary_labels.WORDS,
            )
        if self.class_ids is None or y is None:
            return dataset
        if answers.layout(y, self.output, self.kind).entry_by_entry:
            return dataset
        return backend.asserting_ids(
            dataset,
            lambda element: [keras.utils.unpack_x_y_sample_weight(element)[1]],
            self.class_ids.number,
            class_ids.WORDS,
            self.class_ids.ignored,
        )

    def _with_all_axes(self, dataset):
        _, *specs = keras.utils.unpack_x_y_sample_weight(dataset.element_spec)
        given = keras.tree.map_structure(_symbol, specs)
        found = list(self.along(*given))
        known = _shapes(given) == _shapes(found) and self._all_known(given[0])
        if known or not backend.TRACES_SPECIFICATIONS:
            return dataset

        def with_all_axes(x, *others):
            y, weights = self.along(*(*others, None)[:2])
            y = keras.tree.map_structure(self._of_known_sizes, y)
            return (x, y, weights)[: 1 + len(others)]

        return dataset.map(with_all_axes)

    def _all_known(self, y):
        """Whether all sizes are known that the model knows."""
        return self.output is None or not any(
            size is None and known is not None
            for shape in _shapes(y)
            for size, known in zip(shape, self.output.shape, strict=False)
        )

    def _of_known_sizes(self, leaf):
        if not _has_axes(leaf):
            return leaf
        return backend.of_shape(leaf, self.output.shape[: len(leaf.shape)])


def _shapes(tensors):
    leaves = keras.tree.flatten(tensors)
    return [tuple(leaf.shape) for leaf in leaves if _has_axes(leaf)]


def _symbol(spec):
    """A symbolic tensor for a plain one of known rank, None for others."""
    plain = type(spec).__name__ == "TensorSpec" and spec.shape.rank is not None
    if not plain:
        return None
    return keras.KerasTensor(tuple(spec.shape), spec.dtype.name)


def _has_axes(leaf):
    """Whether it is an array or a tensor of known rank."""
    if isinstance(leaf, (np.ndarray, keras.KerasTensor)):
        return True
    if not keras.ops.is_tensor(leaf) or hasattr(leaf, "flat_values"):
        return False
    return getattr(leaf.shape, "rank", 0) is not None


class LookedAt(keras.utils.PyDataset):
    """The batches of another dataset, each looked at as it is made."""

    def __init__(self, batches, incoming, name):
        super().__init__(
            workers=batches.workers,
            use_multiprocessing=batches.use_multiprocessing,
            max_queue_size=batches.max_queue_size,
        )
        self.batches = batches
        self.incoming = incoming
        self.called = name

    @property
    def num_batches(self):
        return self.batches.num_batches

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        return self.incoming.batch(self.called, self.batches[index])

    def on_epoch_begin(self):
        self.batches.on_epoch_begin()

    def on_epoch_end(self):
        self.batches.on_epoch_end()
