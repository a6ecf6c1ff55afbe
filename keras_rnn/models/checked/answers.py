# SPDX-License-Identifier: Apache-2.0
"""The shapes of targets and weights that fit the answers of a model.

Answers are numbers, classes, or distributions. Targets of numbers have the
shape of the outputs. Targets of classes and distributions lack the last axis,
which describes one answer; one-hot targets of classes have it.
"""

import inspect
from collections.abc import Iterable
from typing import Any, NamedTuple

import keras

from keras_rnn._types import Tensor
from keras_rnn.metrics import Masked, laid_along, spread
from keras_rnn.models.heads.contract import Answers
from keras_rnn.models.heads.distributions.base import ParameterLayer
from keras_rnn.models.heads.table import HEADS

#: Names of the last layers of heads -> what their answers are.
BY_NAME = {
    head.layer_name: head.answers
    for head in HEADS
    if head.answers in (Answers.CLASSES, Answers.TRANSCRIPT)
}


class Layout(NamedTuple):
    """Targets with the axes of the outputs.

    Attributes:
        targets: Tensor.
        entry_by_entry: Whether there is one target per entry of the outputs,
            and not one per answer.
    """

    targets: Tensor
    entry_by_entry: bool


def kind_of(output: keras.KerasTensor) -> Answers:
    """What the last axis of the symbolic output of a model holds.

    The last layer of the head shows it: name and type of that layer survive
    cloning, saving and copying, which the head itself does not.
    """
    layer = output._keras_history.operation
    decodes = getattr(layer, "parameter_layer", None) is not None
    if decodes or isinstance(layer, ParameterLayer):
        return Answers.DISTRIBUTION
    return BY_NAME.get(layer.name, Answers.NUMBERS)


def layout(targets: Tensor, outputs: Tensor, kind: Answers) -> Layout:
    """Lays targets along the axes of the outputs.

    Args:
        targets: Tensor or array `(batch, ...)`.
        outputs: Tensor, the outputs of the model.
        kind: What `kind_of` returned for the model.

    Returns:
        `Layout`.

    Raises:
        ValueError: If the targets do not fit, or fit in two ways.
    """
    _check_rank_known("Targets", targets)
    if kind is Answers.TRANSCRIPT:
        return _of_transcripts(targets)
    found = None
    if kind is not Answers.NUMBERS:
        found = _of_answers(targets, outputs, kind)
        if found is not None:
            return Layout(found, entry_by_entry=False)
    if kind is not Answers.DISTRIBUTION:
        found = laid_along(targets, outputs, len(outputs.shape))
    if found is None:
        raise _do_not_fit(tuple(targets.shape), tuple(outputs.shape), kind)
    return Layout(found, entry_by_entry=True)


def _of_transcripts(targets):
    if len(targets.shape) != 2:
        raise ValueError(
            "Labels must have the shape (batch, longest), with 0 after the "
            f"end of each row. Received: labels of shape "
            f"{tuple(targets.shape)}. Pad them, e.g. by "
            "keras_rnn.data.text.pad."
        )
    return Layout(targets, entry_by_entry=False)


def _of_answers(targets, outputs, kind):
    rank = len(outputs.shape) - 1
    found = laid_along(targets, outputs, rank)
    further = tuple(targets.shape)[rank:]
    if found is None and kind is Answers.CLASSES and further == (1,):
        return laid_along(targets[..., 0], outputs, rank)
    return found


def _check_rank_known(what: str, values: Tensor) -> None:
    """Raises a ValueError if TensorFlow does not know the number of axes.

    It forgets this number if one call has more axes than another.
    """
    if getattr(values.shape, "rank", 0) is None:
        raise ValueError(
            f"{what} must have a known number of axes. Received: a tensor of "
            "unknown rank, as of a dataset without shapes. Give the dataset "
            "its output_signature, or compile the model again."
        )


def _do_not_fit(received, shape, kind):
    if kind is Answers.CLASSES:
        expected = f"{shape[:-1]}, one class id each, or {shape} if one-hot"
        remedy = "Give one class per answer."
    elif kind is Answers.DISTRIBUTION:
        expected = f"{shape[:-1]}, (batch, horizon, num_targets)"
        remedy = f"Reshape the targets to {shape[:-1]}."
    else:
        expected = f"{shape} of the model's outputs"
        remedy = "Reshape the targets, or make the model with another head."
    return ValueError(
        f"Targets must have the shape {expected}; axes of size 1 may be left "
        f"out. Received: targets of shape {received} for outputs of shape "
        f"{shape}. {remedy}"
    )


def spread_weights(
    sample_weight: Tensor, outputs: Tensor, kind: Answers
) -> Tensor:
    """Lays sample weights along the axes of the answers.

    These are all axes of the outputs but the last; a transcript is one answer
    per sequence.

    Raises:
        ValueError: If they do not have the first axes of the outputs.
    """
    _check_rank_known("Weights", sample_weight)
    rank = max(len(outputs.shape) - 1, 1)
    if kind is Answers.TRANSCRIPT:
        rank = 1
    if not len(sample_weight.shape):
        return sample_weight  # one weight for all answers
    found = spread(sample_weight, outputs, rank)
    if found is None:
        raise ValueError(
            "`sample_weight` must have the shape (batch,), or that of the "
            f"answers, {tuple(outputs.shape[:rank])}. Received: weights of "
            f"shape {tuple(sample_weight.shape)} for outputs of shape "
            f"{tuple(outputs.shape)}. Give one weight per sequence or per step."
        )
    return found


def check_compares_answers(
    what: str,
    identifiers: Iterable[Any],
    targets: Tensor,
    outputs: Tensor,
    kind: Answers,
) -> None:
    """Refuses losses that would broadcast one target over a whole answer.

    Args:
        what: "loss" or "metric".
        identifiers: Losses or metrics as given to `compile`: names, functions
            and objects.
        targets: Tensor without the last axis of the outputs.
        outputs: Tensor.
        kind: What `kind_of` returned for the model.

    Raises:
        ValueError: If one of them is of Keras and compares entry by entry.
    """
    for identifier in identifiers:
        if not _compares_entries(identifier):
            continue
        remedy = f"Use a sparse {what}, or one-hot targets"
        if kind is Answers.DISTRIBUTION:
            remedy = "Use `head.loss`, for metrics too"
        if kind is Answers.TRANSCRIPT:
            remedy = "Use CTCLoss and CharacterErrorRate"
        raise ValueError(
            f"The {what} {_name(identifier)!r} compares targets and outputs "
            f"entry by entry. Received: targets of shape "
            f"{tuple(targets.shape)} for outputs of shape "
            f"{tuple(outputs.shape)}. {remedy}."
        )


def _compares_entries(identifier: Any) -> bool:
    """Whether it is of Keras, and takes targets of the outputs' shape."""
    if isinstance(identifier, Masked):
        identifier = identifier.metric
    if identifier is None or str(identifier).lower() in _CHOSEN_BY_SHAPE:
        return False
    if isinstance(identifier, str):
        known = keras.saving.get_registered_object(identifier)
        if known is None:  # a name of Keras
            return not any(word in identifier.lower() for word in _OF_IDS)
        identifier = known
    inner = getattr(identifier, "fn", getattr(identifier, "_fn", identifier))
    place = getattr(inspect.getmodule(inner), "__name__", "")
    if inner is identifier and not inspect.isroutine(inner):
        place = type(inner).__module__
    name = _name(inner).lower()
    return place.startswith("keras.") and not any(
        word in name for word in _OF_IDS
    )


#: Names for which Keras chooses a loss or metric that fits the shapes.
_CHOSEN_BY_SHAPE = ("accuracy", "acc", "crossentropy", "ce")
#: Parts of the names of losses and metrics that take class ids.
_OF_IDS = ("sparse", "iou", "ctc")


def _name(identifier: Any) -> str:
    if isinstance(identifier, Masked):
        return f"Masked({_name(identifier.metric)})"
    if isinstance(identifier, str):
        return identifier
    return getattr(identifier, "__name__", type(identifier).__name__)
