# SPDX-License-Identifier: Apache-2.0
"""LAYERS, the one table that factories and tests read."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import keras

from keras_rnn import _validation as validate
from keras_rnn.engine import RecurrentLayer
from keras_rnn.layers.ablated_lstm import AblatedLSTM
from keras_rnn.layers.coupled_gate_lstm import CoupledGateLSTM
from keras_rnn.layers.elman import Elman
from keras_rnn.layers.gru import GRU
from keras_rnn.layers.grud import GRUD
from keras_rnn.layers.ind_rnn import IndRNN
from keras_rnn.layers.jordan import Jordan
from keras_rnn.layers.layer_norm_gru import LayerNormGRU
from keras_rnn.layers.layer_norm_lstm import LayerNormLSTM
from keras_rnn.layers.layer_norm_simple_rnn import LayerNormSimpleRNN
from keras_rnn.layers.lru import LRU
from keras_rnn.layers.lstm import LSTM
from keras_rnn.layers.mgu import MGU
from keras_rnn.layers.min_gru import MinGRU
from keras_rnn.layers.min_lstm import MinLSTM
from keras_rnn.layers.mlstm import MLSTM
from keras_rnn.layers.mut1 import MUT1
from keras_rnn.layers.mut2 import MUT2
from keras_rnn.layers.mut3 import MUT3
from keras_rnn.layers.peephole_lstm import PeepholeLSTM
from keras_rnn.layers.projected_lstm import ProjectedLSTM
from keras_rnn.layers.simple_rnn import SimpleRNN
from keras_rnn.layers.slstm import SLSTM
from keras_rnn.layers.update_gate_rnn import UpdateGateRNN


@dataclass(frozen=True)
class Row:
    """A layer, and the variants of it that deserve a name.

    Attributes:
        layer: Subclass of `keras.layers.RNN`; its first argument is `units`.
        variants: Name of a variant -> constructor arguments.
        recurs: What recurs, in a few words, for the table of the README.
        source: Whose idea it is, author and year.
    """

    layer: type[keras.layers.RNN]
    variants: dict[str, dict[str, Any]] = field(default_factory=dict)
    recurs: str = ""
    source: str = ""

    @property
    def has_recurrent_kernel(self) -> bool:
        """Whether there is an R, before which states can be dropped."""
        if not issubclass(self.layer, RecurrentLayer):
            return True
        # A tuple, empty without R; or a property, where arguments decide.
        return bool(self.layer.cell_class.z_of_h)


#: Key -> row, of all recurrent layers: their classes and named variants.
LAYERS = {
    "simple_rnn": Row(
        SimpleRNN,
        recurs="h = φ(x W + h′ R + b), weight for weight Keras's",
        source="Werbos 1990",
    ),
    "lstm": Row(
        LSTM,
        recurs="a cell state behind an input, a forget and an output gate, "
        "weight for weight Keras's",
        source="Hochreiter & Schmidhuber 1997",
    ),
    "gru": Row(
        GRU,
        {"reset_before": {"reset_after": False}},
        recurs="a hidden state behind an update and a reset gate, in both "
        "forms, weight for weight Keras's",
        source="Cho et al. 2014",
    ),
    "elman": Row(
        Elman,
        recurs="the hidden state; an output layer reads it",
        source="Elman 1990",
    ),
    "jordan": Row(
        Jordan, recurs="the output of the output layer", source="Jordan 1986"
    ),
    "peephole_lstm": Row(
        PeepholeLSTM,
        {"full": {"peephole": "full"}},
        recurs="as `lstm`, and the gates see the cell state",
        source="Gers & Schmidhuber 2000",
    ),
    "coupled_gate_lstm": Row(
        CoupledGateLSTM,
        {"diagonal": {"peephole": "diagonal"}, "full": {"peephole": "full"}},
        recurs="as `lstm`, with one gate for two: i = 1 − f",
        source="Greff et al. 2017",
    ),
    "update_gate": Row(
        UpdateGateRNN,
        recurs="a hidden state behind an update gate: `gru` without its "
        "reset gate",
        source="Collins et al. 2017",
    ),
    "ind_rnn": Row(
        IndRNN,
        recurs="h = φ(x W + h′ ⊙ r + b): each unit sees itself alone",
        source="Li et al. 2018",
    ),
    "layer_norm_lstm": Row(
        LayerNormLSTM,
        recurs="as `lstm`, with x W, h′ R and the cell state normalized",
        source="Ba et al. 2016",
    ),
    "layer_norm_gru": Row(
        LayerNormGRU,
        recurs="as `gru`, with x W and h′ R normalized",
        source="Ba et al. 2016",
    ),
    "layer_norm_simple_rnn": Row(
        LayerNormSimpleRNN,
        recurs="as `simple_rnn`, with x W + h′ R normalized",
        source="Ba et al. 2016",
    ),
    "ablated_lstm": Row(
        AblatedLSTM,
        {
            "nig": {"ablated_gate": "input"},
            "nfg": {"ablated_gate": "forget"},
            "nog": {"ablated_gate": "output"},
            "niaf": {"activation": "linear"},
            "noaf": {"cell_output_activation": "linear"},
            "np": {"peephole": None},
            "fgr": {"gate_recurrence": True},
        },
        recurs="as `peephole_lstm`, with a gate, an activation or the "
        "peepholes left out, or with gates that see gates",
        source="Greff et al. 2017",
    ),
    "projected_lstm": Row(
        ProjectedLSTM,
        recurs="as `lstm`, with a hidden state narrower than the cell state",
        source="Sak et al. 2014",
    ),
    "grud": Row(
        GRUD,
        {"observed": {"num_observed": 1}},
        recurs="as `gru` with its reset gate before R; state and missing "
        "inputs fade with the time since they were known",
        source="Che et al. 2018",
    ),
    "mgu": Row(
        MGU,
        {"keep": {"variant": "keep"}},
        recurs="a hidden state behind one gate, which also resets it",
        source="Zhou et al. 2016",
    ),
    "mut1": Row(
        MUT1,
        recurs="as `gru`; the update gate sees x alone",
        source="Jozefowicz et al. 2015",
    ),
    "mut2": Row(
        MUT2,
        recurs="as `gru`; the reset gate sees x itself",
        source="Jozefowicz et al. 2015",
    ),
    "mut3": Row(
        MUT3,
        recurs="as `gru`; the update gate sees φ(h′)",
        source="Jozefowicz et al. 2015",
    ),
    "slstm": Row(
        SLSTM,
        {"heads": {"num_heads": 2}},
        recurs="a cell state that is a mean, behind exponential gates",
        source="Beck et al. 2024",
    ),
    "mlstm": Row(
        MLSTM,
        {"heads": {"num_heads": 2}},
        recurs="a matrix that maps keys to values; runs in parallel",
        source="Beck et al. 2024",
    ),
    "min_gru": Row(
        MinGRU,
        {"positive": {"form": "positive"}},
        recurs="a mean of the candidates so far, whose gates see x alone; "
        "runs in parallel",
        source="Feng et al. 2024",
    ),
    "min_lstm": Row(
        MinLSTM,
        {"positive": {"form": "positive"}},
        recurs="as `min_gru`, with two gates that share 1 between them",
        source="Feng et al. 2024",
    ),
    "lru": Row(
        LRU,
        recurs="complex states that turn and fade; no gates; runs in parallel",
        source="Orvieto et al. 2023",
    ),
    "keras_simple_rnn": Row(
        keras.layers.SimpleRNN, recurs="as `simple_rnn`", source="Keras"
    ),
    "keras_lstm": Row(keras.layers.LSTM, recurs="as `lstm`", source="Keras"),
    "keras_gru": Row(keras.layers.GRU, recurs="as `gru`", source="Keras"),
}

#: Keys of version 0.1, by which its files name layers -> keys of today. Its
#: "lstm", "gru" and "simple_rnn" were Keras's own layers.
KEYS_OF_0_1 = {
    "simple_rnn": "keras_simple_rnn",
    "lstm": "keras_lstm",
    "gru": "keras_gru",
    "fused_lstm": "lstm",
    "fused_gru": "gru",
}


def get(key: str) -> type[keras.layers.RNN]:
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


def key_of_0_1(key: str | Sequence[str]) -> str | list[str]:
    """What the layers are called now that version 0.1 called by a key.

    Args:
        key: A key, or a list of them; one that was registered stays.
    """
    if not isinstance(key, str):
        return [KEYS_OF_0_1.get(one, one) for one in key]
    return KEYS_OF_0_1.get(key, key)


def register(
    key: str, layer: type[keras.layers.RNN], **variants: dict[str, Any]
) -> None:
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
