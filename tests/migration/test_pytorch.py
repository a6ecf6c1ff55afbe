# SPDX-License-Identifier: Apache-2.0
"""Weights from and to PyTorch: against NumPy, and against PyTorch itself."""

import keras
import numpy as np
import pytest

import keras_rnn
from keras_rnn.migration import from_torch, to_torch
from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    TIME,
    UNITS,
    random_sequences,
    randomized,
)

#: How many rows the matrices have for each unit.
GATES = {"LSTM": 4, "projected LSTM": 4, "GRU": 3, "RNN": 1}
OURS = {
    "LSTM": keras_rnn.LSTM,
    "projected LSTM": keras_rnn.ProjectedLSTM,
    "GRU": keras_rnn.GRU,
    "RNN": keras_rnn.SimpleRNN,
}

every_kind = pytest.mark.parametrize("kind", GATES)
every_module = pytest.mark.parametrize(
    ("kind", "num_layers", "both_ways", "bias"),
    [
        ("LSTM", 1, False, True),
        ("GRU", 1, False, True),
        ("RNN", 1, False, True),
        ("LSTM", 2, True, True),
        ("GRU", 2, True, True),
        ("RNN", 3, False, False),
        ("GRU", 1, True, False),
        ("LSTM", 1, False, False),
        ("projected LSTM", 1, False, True),
        ("projected LSTM", 2, True, False),
    ],
)


#: Width of h of a projected LSTM, `proj_size`.
PROJECTED = 2


def width_of(kind):
    return PROJECTED if kind == "projected LSTM" else UNITS


def sigma(v):
    return 1 / (1 + np.exp(-v))


# The equations in the documentation of torch.nn, with columns as rows.


def lstm(of_x, of_h, h, c):
    i, f, g, o = np.split(of_x + of_h, 4, axis=1)
    c = sigma(f) * c + sigma(i) * np.tanh(g)
    return sigma(o) * np.tanh(c), c


def gru(of_x, of_h, h, c):
    x_r, x_z, x_n = np.split(of_x, 3, axis=1)
    h_r, h_z, h_n = np.split(of_h, 3, axis=1)
    r, z = sigma(x_r + h_r), sigma(x_z + h_z)
    n = np.tanh(x_n + r * h_n)
    return (1 - z) * n + z * h, c


def rnn(of_x, of_h, h, c):
    return np.tanh(of_x + of_h), c


STEPS = {"LSTM": lstm, "projected LSTM": lstm, "GRU": gru, "RNN": rnn}


def endings(num_layers, both_ways):
    directions = ("", "_reverse") if both_ways else ("",)
    return [[f"l{k}{way}" for way in directions] for k in range(num_layers)]


def state_dict(kind, num_layers=1, both_ways=False, bias=True, seed=0):
    """Random weights, by PyTorch's names."""
    draw = np.random.default_rng(seed).normal
    rows = GATES[kind] * UNITS
    projection = {}
    if kind == "projected LSTM":
        projection = {"weight_hr": (PROJECTED, UNITS)}
    weights = {}
    for k, ways in enumerate(endings(num_layers, both_ways)):
        width = width_of(kind) * len(ways) if k else FEATURES
        for ending in ways:
            shapes = {
                "weight_ih": (rows, width),
                "weight_hh": (rows, width_of(kind)),
                **({"bias_ih": (rows,), "bias_hh": (rows,)} if bias else {}),
                **projection,
            }
            for name, shape in shapes.items():
                weights[f"{name}_{ending}"] = 0.5 * draw(size=shape)
    return weights


def one_way(kind, w, x, ending):
    h, c = np.zeros((len(x), width_of(kind))), np.zeros((len(x), UNITS))
    outputs = []
    for k in range(x.shape[1]):
        of_x = x[:, k] @ w[f"weight_ih_{ending}"].T
        of_h = h @ w[f"weight_hh_{ending}"].T
        of_x = of_x + w.get(f"bias_ih_{ending}", 0)
        of_h = of_h + w.get(f"bias_hh_{ending}", 0)
        h, c = STEPS[kind](of_x, of_h, h, c)
        if kind == "projected LSTM":
            h = h @ w[f"weight_hr_{ending}"].T
        outputs.append(h)
    return np.stack(outputs, axis=1)


def run(kind, w, x, num_layers, both_ways):
    """The outputs of all steps of a module with batch_first=True."""
    for forward, *reverse in endings(num_layers, both_ways):
        outputs = [one_way(kind, w, x, forward)]
        for ending in reverse:
            outputs.append(one_way(kind, w, x[:, ::-1], ending)[:, ::-1])
        x = np.concatenate(outputs, axis=-1)
    return x


def stack_of(kind, num_layers=1, both_ways=False, bias=True, **arguments):
    """Built layers of ours, one after another."""
    layers, width = [], FEATURES
    if kind == "projected LSTM":
        arguments = {"projection_units": PROJECTED, **arguments}
    for _ in range(num_layers):
        layer = OURS[kind](
            UNITS, return_sequences=True, use_bias=bias, **arguments
        )
        if both_ways:
            layer = keras.layers.Bidirectional(layer)
        layer.build((BATCH, TIME, width))
        layers.append(randomized(layer))
        width = width_of(kind) * (1 + both_ways)
    return layers


def outputs_of(layers, x):
    for layer in layers:
        x = layer(x)
    return x


@every_module
def test_outputs_are_those_of_the_module(kind, num_layers, both_ways, bias):
    layers = stack_of(kind, num_layers, both_ways, bias)
    weights = state_dict(kind, num_layers, both_ways, bias)
    from_torch(layers, weights)
    x = random_sequences()
    expected = run(kind, weights, x, num_layers, both_ways)
    np.testing.assert_allclose(outputs_of(layers, x), expected, **FLOAT32)


@every_module
def test_weights_come_back_under_the_names_of_the_module(
    kind, num_layers, both_ways, bias
):
    layers = stack_of(kind, num_layers, both_ways, bias)
    weights = state_dict(kind, num_layers, both_ways, bias)
    from_torch(layers, weights)
    back = to_torch(layers)
    assert list(back) == list(weights)
    for name, weight in back.items():
        expected = weights[name]
        other = name.replace("bias_ih", "bias_hh")
        if "bias" in name and kind != "GRU":  # one bias here, their sum
            expected = expected + weights[other] if other != name else 0
        np.testing.assert_allclose(weight, expected, **FLOAT32)
    x = random_sequences()
    expected = run(kind, back, x, num_layers, both_ways)
    np.testing.assert_allclose(outputs_of(layers, x), expected, **FLOAT32)


@every_module
@pytest.mark.filterwarnings(
    "ignore:LSTM with projections is not supported with oneDNN"
)
def test_pytorch_itself_gives_the_same_outputs(
    kind, num_layers, both_ways, bias
):
    torch = pytest.importorskip("torch")
    arguments = {"num_layers": num_layers, "bidirectional": both_ways}
    if kind == "projected LSTM":
        arguments["proj_size"] = PROJECTED
    module = getattr(torch.nn, kind.split()[-1])(
        FEATURES, UNITS, bias=bias, batch_first=True, **arguments
    )
    layers = stack_of(kind, num_layers, both_ways, bias)
    from_torch(layers, module.state_dict())
    x = random_sequences()

    def assert_same():
        with torch.no_grad():
            expected, _ = module(torch.from_numpy(x))
        actual = outputs_of(layers, x)
        np.testing.assert_allclose(actual, expected.numpy(), **FLOAT32)

    assert_same()
    for layer in layers:
        randomized(layer)
    back = {k: torch.from_numpy(v) for k, v in to_torch(layers).items()}
    module.load_state_dict(back)
    assert_same()


def test_tensors_are_read_without_an_import_of_pytorch():
    class Tensor:
        """On another device, with a gradient, in bfloat16."""

        def __init__(self, array):
            self.array, self.done = array, []

        def step(self, name):
            self.done.append(name)
            return self

        def __array__(self, *args, **kwargs):
            raise TypeError("can't convert cuda:0 device type tensor to numpy")

        def numpy(self):
            assert self.done == ["detach", "cpu", "double"]
            return self.array

        def __getattr__(self, name):
            return lambda: self.step(name)

    (layer,) = stack_of("LSTM")
    weights = state_dict("LSTM")
    from_torch(layer, {k: Tensor(v) for k, v in weights.items()})
    expected = weights["weight_ih_l0"].T
    np.testing.assert_allclose(layer.cell.kernel, expected, **FLOAT32)


def test_a_prefix_picks_one_module_of_a_larger_one():
    (layer,) = stack_of("GRU")
    weights = {f"net.rnn.{k}": v for k, v in state_dict("GRU").items()}
    weights["net.head.weight"] = np.zeros(1)
    with pytest.raises(ValueError, match="`prefix`"):
        from_torch(layer, weights)
    from_torch(layer, weights, prefix="net.rnn.")
    np.testing.assert_allclose(
        to_torch(layer)["weight_hh_l0"],
        weights["net.rnn.weight_hh_l0"],
        **FLOAT32,
    )


def test_wrong_state_dicts_are_refused_before_any_weight_is_set():
    layers = stack_of("LSTM", num_layers=2)
    before = [layer.get_weights() for layer in layers]
    weights = state_dict("LSTM", num_layers=2)
    last = {"bias_hh_l1": weights["bias_hh_l1"]}
    without = {k: v for k, v in weights.items() if k not in last}
    for wrong, message in [
        ({}, "no name that begins with it"),
        ({"weight": 1}, "Received: prefix='', and weight"),
        (without, "Received: without bias_hh_l1. Use a layer"),
        (weights | {"scale_l0": 1}, "Received: with scale_l0. Use a layer"),
        (weights | {"bias_hh_l1": np.zeros(3)}, r"'bias_hh_l1' .* \(3,\)"),
        (weights | {"bias_hh_l1": np.nan}, "finite numbers"),
        (weights | {"weight_hr_l0": 1}, "must be of ProjectedLSTM"),
        (state_dict("projected LSTM", 2), "must be of ProjectedLSTM"),
        (state_dict("LSTM", 3), "must be 3, as many as"),
        (state_dict("LSTM", 2, both_ways=True), "a keras.layers.Bidirect"),
        (state_dict("GRU", 2), "'weight_ih_l0' .* the shape"),
        (state_dict("LSTM", 2, bias=False), "without bias_ih_l0, bias_hh_l0"),
    ]:
        with pytest.raises(ValueError, match=message):
            from_torch(layers, wrong)
    for layer, old in zip(layers, before, strict=True):
        for weight, expected in zip(layer.get_weights(), old, strict=True):
            np.testing.assert_array_equal(weight, expected)


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        ("GRU", {"reset_after": False}, "`reset_after` must be True"),
        ("LSTM", {"activation": "relu"}, "`activation` must be tanh"),
        ("RNN", {"activation": "elu"}, "`activation` must be tanh or relu"),
        (
            "LSTM",
            {"recurrent_activation": "hard_sigmoid"},
            "`recurrent_activation` must be sigmoid",
        ),
    ],
)
def test_equations_that_pytorch_lacks_are_refused(kind, arguments, message):
    (layer,) = stack_of(kind, **arguments)
    with pytest.raises(ValueError, match=message):
        from_torch(layer, state_dict(kind))
    with pytest.raises(ValueError, match=message):
        to_torch(layer)


def test_an_rnn_with_relu_is_taken():
    (layer,) = stack_of("RNN", activation="relu")
    from_torch(layer, state_dict("RNN"))


def test_stacks_that_no_module_has_are_refused():
    lstm, gru = stack_of("LSTM")[0], stack_of("GRU")[0]
    with pytest.raises(ValueError, match="must agree in their cell, units"):
        to_torch([lstm, gru])
    with pytest.raises(ValueError, match="at least one layer"):
        to_torch([])
    with pytest.raises(TypeError, match="LSTMCell or GRUCell or SimpleRNN"):
        to_torch(keras.layers.LSTM(UNITS))
    with pytest.raises(ValueError, match="must have weights"):
        to_torch(keras_rnn.LSTM(UNITS))
    with pytest.raises(ValueError, match=r"no keras\.layers\.Bidirectional"):
        from_torch(stack_of("LSTM", both_ways=True), state_dict("LSTM"))
    with pytest.raises(TypeError, match=r"Use module\.state_dict"):
        from_torch(lstm, object())
