# SPDX-License-Identifier: Apache-2.0
"""RecurrentModel: a keras.Model that checks targets, weights and ids."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

import keras
from keras.src.backend import get_keras_mask, set_keras_mask

from keras_rnn._types import Tensor
from keras_rnn.models.checked import answers
from keras_rnn.models.checked.incoming import Incoming
from keras_rnn.models.heads.contract import Answers

_MASK = "mask of the outputs"
Method = TypeVar("Method", bound=Callable[..., Any])


def _documented_by(method: Any) -> Callable[[Method], Method]:
    """`functools.wraps`, which to type checkers would change the method."""
    return cast("Callable[[Method], Method]", functools.wraps(method))


class _Kept:
    """A dict that Keras does not take for a part of the model."""

    def __init__(self) -> None:
        self.by_key: dict[Any, Any] = {}

    def __deepcopy__(self, memo):
        return _Kept()  # what a copy writes with is its own


@keras.saving.register_keras_serializable(package="keras_rnn")
class RecurrentModel(keras.Model):
    """A functional model that does not broadcast targets, weights or classes.

    The factories return it. It is a `keras.Model` that raises an error, before
    anything is trained, unless

    - targets lie along the axes of the outputs, without the last axis if that
      describes one answer (the classes, the parameters of a distribution).
      Axes of size 1 may be left out;
    - `sample_weight` is `(batch,)`, one weight per sequence, or has further
      axes of the targets, `(batch, time)`;
    - a model with `class_weight` gives one answer per sequence;
    - token ids lie within the vocabulary, and class ids within the classes. A
      `tf.data.Dataset` is checked by assertions of TensorFlow while it is
      read.

    Args:
        *args: Arguments of `keras.Model`: inputs and outputs.
        **kwargs: The same by name, and `name`.

    Raises:
        ValueError: If data do not fit the model, as above.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import *
        >>> model = many_to_one(
        ...     Stack("elman", 2), Sequences(), Regression(horizon=3)
        ... )
        >>> model.compile("sgd", "mse")
        >>> x = np.zeros((4, 5, 1))
        >>> model.evaluate(x, np.ones((4, 3)), verbose=0)  # one target
        1.0
        >>> model.evaluate(x, np.ones(4), verbose=0)
        Traceback (most recent call last):
        ValueError: Targets must have the shape (None, 3, 1) of the model's ...
    """

    @_documented_by(keras.Model.fit)
    def fit(self, *args: Any, **kwargs: Any) -> keras.callbacks.History:
        call = _bound(keras.Model.fit, self, *args, **kwargs)
        self._refuse_class_weight(call.arguments.get("class_weight"))
        self._check_arguments(call.arguments)
        validation = call.arguments.get("validation_data")
        if validation is not None:
            given = keras.utils.unpack_x_y_sample_weight(validation)
            found = self.incoming().data("validation_data", *given)
            call.arguments["validation_data"] = (
                keras.utils.pack_x_y_sample_weight(*found)
            )
        call.arguments["callbacks"] = self.incoming().watching(
            call.arguments.get("x"), call.arguments.get("callbacks")
        )
        self._build_optimizer()
        return super().fit(*call.args[1:], **call.kwargs)

    @_documented_by(keras.Model.evaluate)
    def evaluate(self, *args: Any, **kwargs: Any) -> Any:
        call = _bound(keras.Model.evaluate, self, *args, **kwargs)
        # `fit` passes a validation set that it has checked.
        if not kwargs.get("_use_cached_eval_dataset"):
            self._check_arguments(call.arguments)
        return super().evaluate(*call.args[1:], **call.kwargs)

    @_documented_by(keras.Model.predict)
    def predict(self, *args: Any, **kwargs: Any) -> Any:
        call = _bound(keras.Model.predict, self, *args, **kwargs)
        self._check_arguments(call.arguments)
        return super().predict(*call.args[1:], **call.kwargs)

    @_documented_by(keras.Model.train_on_batch)
    def train_on_batch(self, *args: Any, **kwargs: Any) -> Any:
        call = _bound(keras.Model.train_on_batch, self, *args, **kwargs)
        self._refuse_class_weight(call.arguments.get("class_weight"))
        self._check_arguments(call.arguments)
        self._build_optimizer()
        return super().train_on_batch(*call.args[1:], **call.kwargs)

    @_documented_by(keras.Model.test_on_batch)
    def test_on_batch(self, *args: Any, **kwargs: Any) -> Any:
        call = _bound(keras.Model.test_on_batch, self, *args, **kwargs)
        self._check_arguments(call.arguments)
        return super().test_on_batch(*call.args[1:], **call.kwargs)

    @_documented_by(keras.Model.predict_on_batch)
    def predict_on_batch(self, x: Any) -> Any:
        x, _, _ = self.incoming().data("x", x)
        return super().predict_on_batch(x)

    def remembered(self, key: Any, make: Callable[[], Any]) -> Any:
        """What was made for a key, or is made now, as long as the model lives.

        Args:
            key: A hashable key.
            make: Function that makes it.
        """
        kept: _Kept | None = getattr(self, "_kept", None)
        if kept is None:
            self._kept = kept = _Kept()
        if key not in kept.by_key:
            kept.by_key[key] = make()
        return kept.by_key[key]

    def incoming(self) -> Incoming:
        """What checks the data of this model, and completes their axes."""
        return Incoming(self)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor | None:
        y, sample_weight = self._laid_out(
            "loss", self.loss, y, y_pred, sample_weight
        )
        return super().compute_loss(x, y, y_pred, sample_weight, training)

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        metrics = self._compile_metrics
        given = metrics and (
            metrics._user_metrics,
            metrics._user_weighted_metrics,
        )
        y, sample_weight = self._laid_out(
            "metric", given, y, y_pred, sample_weight
        )
        return super().compute_metrics(x, y, y_pred, sample_weight)

    # The next two methods are called on JAX only. Tensors that the function
    # which JAX differentiates returns lose their mask, so that the metrics of
    # `fit` would count padding. The mask is therefore returned beside them.
    def compute_loss_and_updates(self, *args: Any, **kwargs: Any) -> Any:
        loss, auxiliary = super().compute_loss_and_updates(*args, **kwargs)
        unscaled, y_pred, *others = auxiliary
        mask = None
        if not keras.tree.is_nested(y_pred):
            mask = get_keras_mask(y_pred)
        if mask is not None:
            y_pred = {"outputs": y_pred, _MASK: mask}
        return loss, (unscaled, y_pred, *others)

    def _update_metrics_variables(
        self, metrics_variables, unscaled_loss, x, y, y_pred, sample_weight
    ):
        if isinstance(y_pred, dict) and _MASK in y_pred:
            mask, y_pred = y_pred[_MASK], y_pred["outputs"]
            set_keras_mask(y_pred, mask)
        return super()._update_metrics_variables(
            metrics_variables, unscaled_loss, x, y, y_pred, sample_weight
        )

    def _along_symbolic_outputs(self, y: Any) -> Any:
        """Targets along the axes of the outputs, before these are computed."""
        return self.incoming().aligned(y, None)[0]

    def _laid_out(self, what, identifiers, y, y_pred, sample_weight):
        """Targets and weights along the axes of the predictions."""
        if y is None or keras.tree.is_nested(self.output):
            return y, sample_weight
        kind = answers.kind_of(self.output)

        def fitting(values):
            found = answers.layout(values, y_pred, kind)
            if kind is not Answers.NUMBERS and not found.entry_by_entry:
                answers.check_compares_answers(
                    what,
                    keras.tree.flatten(identifiers),
                    values,
                    y_pred,
                    kind,
                )
            return found.targets

        y = keras.tree.map_structure(fitting, y)
        if sample_weight is not None:
            sample_weight = keras.tree.map_structure(
                lambda weights: answers.spread_weights(weights, y_pred, kind),
                sample_weight,
            )
        return y, sample_weight

    def _refuse_class_weight(self, class_weight: Any) -> None:
        shape = getattr(self.output, "shape", ())
        if class_weight is not None and len(shape) != 2:
            raise ValueError(
                "`class_weight` needs a model with one class per sequence: "
                "Keras makes weights of sequences from it. Received: a model "
                f"with outputs {tuple(shape)}. Use sample_weight, the weight "
                "of each step's class: weights[y]."
            )

    def _build_optimizer(self) -> None:
        """Makes the optimizer's variables before a training step is traced.

        TensorFlow would trace the step twice if it made variables.
        """
        if self.compiled and not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)

    def _check_arguments(self, arguments: dict[str, Any]) -> None:
        """Checks the data of a call, and completes their axes in place."""
        names = ("x", "y", "sample_weight")
        given = [arguments.get(name) for name in names]
        for name, value in zip(
            names, self.incoming().data("x", *given), strict=True
        ):
            if arguments.get(name) is not None:
                arguments[name] = value


def _bound(method, *args, **kwargs):
    return inspect.signature(method).bind(*args, **kwargs)
