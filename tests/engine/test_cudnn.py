# SPDX-License-Identifier: Apache-2.0
"""Handing over to cuDNN: when, with which weights, and to whom else if not.

The kernels are stand-ins in the place of Keras's, so that no GPU is needed.
"""

import keras
import numpy as np
import pytest
from keras import ops

from keras_rnn.engine import RecurrentLayer, cudnn
from keras_rnn.engine.backend import kernels
from keras_rnn.layers import GRU, LSTM, LSTMCell, PeepholeLSTM
from tests.backend import BACKEND, as_list, derivatives, tensorflow_only
from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    MASKS,
    TIME,
    UNITS,
    assert_close,
    every_own_variant,
    random_sequences,
    random_states,
    randomized,
)

KERNELS = {LSTM: "lstm", GRU: "gru"}
THEIRS = {LSTM: keras.layers.LSTM, GRU: keras.layers.GRU}
DTYPES = ("float16", "bfloat16", "float32", "float64")

every_layer = pytest.mark.parametrize("layer_class", KERNELS)


@pytest.fixture
def calls(monkeypatch):
    """A GPU on paper: a list of the kernels called, with their arguments."""
    calls = []
    for name, step in {"lstm": _lstm_step, "gru": _gru_step}.items():
        monkeypatch.setattr(
            kernels.keras_backend, name, _StandIn(name, step, calls)
        )
    monkeypatch.setattr(
        kernels.keras_backend, "cudnn_ok", lambda *_, **__: True
    )
    monkeypatch.setitem(
        kernels.CUDNN, BACKEND, (tuple(KERNELS.values()), DTYPES)
    )
    return calls


class _StandIn:
    """Keras's function of a kernel, by a plain loop."""

    def __init__(self, name, step, calls):
        self.name, self.step, self.calls = name, step, calls

    def __call__(
        self,
        inputs,
        *states_and_mask,
        kernel,
        recurrent_kernel,
        bias,
        activation,
        recurrent_activation,
        return_sequences=False,
        go_backwards=False,
        unroll=False,
        reset_after=True,
    ):
        *states, mask = states_and_mask
        options = (mask, return_sequences, go_backwards, unroll, reset_after)
        weights = (kernel, recurrent_kernel, bias)
        functions = (activation, recurrent_activation)
        self.calls.append((self.name, inputs, states, weights, *functions))
        assert options == (None, True, False, False, True)
        weights = [ops.convert_to_tensor(v) for v in weights]
        outputs = []
        for t in range(inputs.shape[1]):
            states = self.step(inputs[:, t], states, *weights)
            outputs.append(states[0])
        return outputs[-1], ops.stack(outputs, axis=1), states


def _lstm_step(x, states, kernel, recurrent_kernel, bias):
    h, c = states
    z = ops.matmul(x, kernel) + ops.matmul(h, recurrent_kernel) + bias
    i, f, g, o = ops.split(z, 4, axis=-1)
    c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
    return [ops.sigmoid(o) * ops.tanh(c), c]


def _gru_step(x, states, kernel, recurrent_kernel, bias):
    (h,) = states
    of_x = ops.split(ops.matmul(x, kernel) + bias[0], 3, axis=-1)
    of_h = ops.split(ops.matmul(h, recurrent_kernel) + bias[1], 3, axis=-1)
    u, r = (ops.sigmoid(a + b) for a, b in zip(of_x[:2], of_h[:2], strict=True))
    return [u * h + (1 - u) * ops.tanh(of_x[2] + r * of_h[2])]


def _built(layer):
    layer.build((BATCH, TIME, FEATURES))
    return randomized(layer)


def _named(outputs):
    return {str(k): np.array(v) for k, v in enumerate(as_list(outputs))}


@every_layer
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"return_sequences": True, "return_state": True},
        {"go_backwards": True, "return_sequences": True},
        {"dropout": 0.5, "seed": 1},
        {"recurrent_dropout": 0.5},
        {"zero_output_for_mask": True},
    ],
    ids=str,
)
def test_a_layer_handed_over_computes_the_same(layer_class, options, calls):
    layer = _built(layer_class(UNITS, **options))
    reference = _built(layer_class(UNITS, engine="reference", **options))
    x, states = random_sequences(), random_states(layer)
    training = "dropout" in options
    assert_close(
        *(
            _named(each(x, initial_state=states, training=training))
            for each in (layer, reference)
        ),
        FLOAT32,
    )
    assert [call[0] for call in calls] == [KERNELS[layer_class]]


@every_layer
def test_the_gradient_passes_through_the_kernel(layer_class, calls):
    x = random_sequences()
    handed_over, reference = (
        derivatives(
            layer := _built(layer_class(UNITS, engine=engine)),
            x,
            random_states(layer),
        )
        for engine in ("auto", "reference")
    )
    assert calls
    assert_close(handed_over.gradients, reference.gradients)


@every_layer
@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_the_kernel_gets_what_keras_own_layer_gives_it(
    layer_class, policy, calls
):
    options = {"return_sequences": True, "dtype": policy}
    theirs = _built(THEIRS[layer_class](UNITS, **options))
    ours = layer_class(UNITS, **options)
    ours.build((BATCH, TIME, FEATURES))
    ours.set_weights(theirs.get_weights())
    x = random_sequences()
    outputs = ours(x)
    np.testing.assert_array_equal(outputs, theirs(x))
    name, inputs, states, weights, *functions = calls[0]
    dtype = keras.dtype_policies.get(policy).compute_dtype
    for tensor in (inputs, *states, *weights):
        assert keras.backend.standardize_dtype(tensor.dtype) == dtype
    other_name, _, _, other_weights, *other_functions = calls[1]
    assert (name, functions) == (other_name, other_functions)
    for weight, other in zip(weights, other_weights, strict=True):
        np.testing.assert_array_equal(weight, ops.cast(other, dtype))


@every_layer
def test_a_stateful_layer_continues_where_the_kernel_stopped(
    layer_class, calls
):
    x = random_sequences(time=2 * TIME)
    whole = _built(layer_class(UNITS, engine="reference"))(x)
    layer = _built(layer_class(UNITS, stateful=True))
    layer(x[:, :TIME])
    np.testing.assert_allclose(layer(x[:, TIME:]), whole, **FLOAT32)
    assert len(calls) == 2


@every_layer
@pytest.mark.parametrize(
    "options",
    [
        {"engine": "fused"},
        {"engine": "reference"},
        {"unroll": True},
        {"use_bias": False},
        {"activation": "relu"},
        {"recurrent_activation": "hard_sigmoid"},
    ],
    ids=str,
)
def test_what_the_kernel_does_not_know_is_not_handed_over(
    layer_class, options, calls
):
    _built(layer_class(UNITS, **options))(random_sequences())
    assert not calls


@every_layer
def test_masks_and_recurrent_dropout_are_not_handed_over(layer_class, calls):
    layer = _built(layer_class(UNITS, recurrent_dropout=0.5))
    layer(random_sequences(), training=True)
    layer(random_sequences(), mask=MASKS["right"])
    assert not calls


@every_own_variant
def test_only_the_equations_of_the_kernels_are_handed_over(variant, calls):
    variant.random_layer()(random_sequences())
    same = str(variant) in KERNELS.values()
    assert cudnn.knows(variant.cell()) == bool(calls) == same


class OtherLSTMCell(LSTMCell):
    """A subclass, whose equations nobody knows."""

    def step(self, z, states, w, act):
        (h, c), partials = super().step(z, states, w, act)
        return (-h, c), partials


class OtherLSTM(RecurrentLayer):
    cell_class = OtherLSTMCell


def test_a_subclass_is_not_handed_over(calls):
    _built(OtherLSTM(UNITS, engine="auto"))(random_sequences())
    assert not calls


@every_layer
def test_where_the_kernel_fails_the_layer_runs_as_without_it(
    layer_class, calls, monkeypatch
):
    def is_not_installed(*arguments, **options):
        calls.append(arguments)
        raise NotImplementedError

    name = KERNELS[layer_class]
    monkeypatch.setattr(kernels.keras_backend, name, is_not_installed)
    x = random_sequences()
    outputs = _built(layer_class(UNITS))(x)
    assert calls
    expected = _built(layer_class(UNITS, engine="reference"))(x)
    np.testing.assert_allclose(outputs, expected, **FLOAT32)


@pytest.mark.parametrize("gpu", [True, False])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kernel", KERNELS.values())
def test_keras_is_asked_for_kernels_that_it_has(
    kernel, dtype, gpu, monkeypatch
):
    monkeypatch.setattr(kernels.keras_backend, "cudnn_ok", lambda *_, **__: gpu)
    known, dtypes = kernels.CUDNN.get(BACKEND, ((), ()))
    expected = None
    if gpu and kernel in known and dtype in dtypes:
        expected = getattr(kernels.keras_backend, kernel)
    assert kernels.cudnn_function(kernel, dtype) is expected


@pytest.mark.skipif(BACKEND != "jax", reason="the choice on JAX")
@every_layer
def test_on_jax_the_fused_engine_runs_on_the_gpu_too(layer_class, monkeypatch):
    monkeypatch.setattr(
        kernels.keras_backend, "cudnn_ok", lambda *_, **__: True
    )
    assert cudnn.kernel_of(layer_class.cell_class(UNITS), "float32") is None


@tensorflow_only
@every_layer
def test_inside_xla_a_layer_is_not_handed_over(layer_class, calls):
    import tensorflow as tf

    layer = _built(layer_class(UNITS))
    x = random_sequences()
    compiled = tf.function(lambda v: layer(v), jit_compile=True)(x)
    assert not calls
    np.testing.assert_allclose(compiled, layer(x), **FLOAT32)
    assert calls


@every_layer
def test_a_model_handed_over_is_trained(layer_class, calls):
    model = keras.Sequential(
        [keras.Input((TIME, FEATURES)), layer_class(UNITS)]
    )
    # What keeps Keras from compiling by XLA what XLA cannot.
    assert model.layers[0].supports_jit == (BACKEND != "tensorflow")
    model.compile("sgd", "mse")
    x = random_sequences()
    losses = model.fit(x, np.ones((BATCH, UNITS)), epochs=5, verbose=0)
    assert calls
    assert losses.history["loss"][-1] < losses.history["loss"][0]


@pytest.mark.parametrize(
    "layer",
    [
        lambda: PeepholeLSTM(UNITS),
        lambda: LSTM(UNITS, engine="fused"),
        lambda: GRU(UNITS, reset_after=False),
    ],
)
def test_a_layer_not_handed_over_may_be_compiled_by_xla(layer, calls):
    assert layer().supports_jit
