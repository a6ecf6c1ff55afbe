# SPDX-License-Identifier: Apache-2.0
"""LAYERS, the one table that factories and tests read."""

import difflib
from dataclasses import dataclass, field

import keras

from keras_rnn import _validation as validate
from keras_rnn.layers.coupled_gate_lstm import CoupledGateLSTM
from keras_rnn.layers.elman import Elman
from keras_rnn.layers.gru import GRU
from keras_rnn.layers.jordan import Jordan
from keras_rnn.layers.lstm import LSTM
from keras_rnn.layers.peephole_lstm import PeepholeLSTM


@dataclass(frozen=True)
class Row:
    """A layer, and the variants of it that deserve a name.

    Attributes:
        layer: Subclass of `keras.layers.RNN`; its first argument is `units`.
        variants: Name of a variant -> constructor arguments.
    """

    layer: type
    variants: dict[str, dict] = field(default_factory=dict)


LAYERS = {
    "simple_rnn": Row(keras.layers.SimpleRNN),
    "lstm": Row(keras.layers.LSTM),
    "gru": Row(keras.layers.GRU),
    "fused_lstm": Row(LSTM),
    "fused_gru": Row(GRU, {"reset_before": {"reset_after": False}}),
    "elman": Row(Elman),
    "jordan": Row(Jordan),
    "peephole_lstm": Row(PeepholeLSTM, {"full": {"peephole": "full"}}),
    "coupled_gate_lstm": Row(
        CoupledGateLSTM,
        {"diagonal": {"peephole": "diagonal"}, "full": {"peephole": "full"}},
    ),
}


def get(key):
    """The layer class of a key.

    Args:
        key: A key of `LAYERS`, such as `"peephole_lstm"`.

    Returns:
        A subclass of `keras.layers.RNN`.

    Raises:
        ValueError: If the key is unknown; the error names the known ones.

    Example:
        >>> import keras_rnn
        >>> keras_rnn.layers.get("jordan").__name__
        'Jordan'
    """
    if isinstance(key, str) and key in LAYERS:
        return LAYERS[key].layer
    close = difflib.get_close_matches(str(key).lower(), LAYERS, n=1)
    meant = f" Did you mean {close[0]!r}?" if close else ""
    raise ValueError(
        f"The layer key must be one of {', '.join(map(repr, LAYERS))}. "
        f"{validate.received('key', key)}{meant} "
        "Add a layer of your own with `keras_rnn.layers.register`."
    )


def register(key, layer, **variants):
    """Adds a layer of your own: the factories then know its key.

    Args:
        key: A new key, a string.
        layer: Subclass of `keras.layers.RNN` whose first argument is `units`.
        **variants: Named variants, each a dict of constructor arguments.

    Raises:
        ValueError: If the key is taken.
        TypeError: If `layer` is not a subclass of `keras.layers.RNN`.

    Example:
        >>> import keras_rnn
        >>> class MyElman(keras_rnn.Elman):
        ...     pass
        >>> keras_rnn.layers.register("my_elman", MyElman)
        >>> keras_rnn.layers.get("my_elman").__name__
        'MyElman'
        >>> del keras_rnn.layers.LAYERS["my_elman"]
    """
    validate.instance("key", key, str)
    if key in LAYERS:
        raise ValueError(
            f"The key {key!r} is taken by {LAYERS[key].layer.__name__}. "
            "Choose another key."
        )
    if not (isinstance(layer, type) and issubclass(layer, keras.layers.RNN)):
        raise TypeError(
            "`layer` must be a subclass of keras.layers.RNN. "
            f"{validate.received('layer', layer)} "
            "Pass the class, not an instance."
        )
    LAYERS[key] = Row(layer, variants)
