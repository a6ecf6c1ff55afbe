# SPDX-License-Identifier: Apache-2.0
"""Models written for programs that have neither Keras nor this package."""

import subprocess
import sys

import keras
import numpy as np
import pytest

import keras_rnn
from keras_rnn.layers import LSTM, CoupledGateLSTM
from tests.backend import BACKEND, tensorflow_only
from tests.rows import (
    BATCH,
    FEATURES,
    FLOAT32,
    MASKS,
    TIME,
    UNITS,
    each_own_kind,
    of_own_variants,
    random_sequences,
    randomized,
)

pytestmark = [
    # Keras asks JAX for it whenever it writes a SavedModel.
    pytest.mark.filterwarnings(
        "ignore:The `native_serialization`:DeprecationWarning"
    ),
    pytest.mark.skipif(
        BACKEND == "torch",
        reason="there Keras 3.15 exports no model, not its own layers either",
    ),
]

# One row of each family: with a read-out, gates, peepholes, two biases.
few_variants = of_own_variants(
    "elman-read_out", "gru", "peephole_lstm", "coupled_gate_lstm-full"
)
every_shape = pytest.mark.parametrize(
    ("batch", "time"),
    [(BATCH, TIME), (None, TIME), (BATCH, None), (None, None)],
)

SERVE = """
import pathlib, sys
import numpy as np, tensorflow as tf

folder = pathlib.Path(sys.argv[1])
served = tf.saved_model.load(folder / "model")
np.save(folder / "y.npy", served.serve(np.load(folder / "x.npy")))
assert not [name for name in sys.modules if name.startswith("keras_rnn")]
"""


def sequences(batch=BATCH, time=TIME):
    """Sequences some steps of which the Masking layer leaves out."""
    x = random_sequences(batch, time)
    x[~MASKS["holes"][:batch, :time]] = 0.0
    return x


def masked_model(layer, batch=None, time=None):
    inputs = keras.Input((time, FEATURES), batch_size=batch)
    outputs = layer(keras.layers.Masking()(inputs))
    return randomized(keras.Model(inputs, outputs))


def served(model, folder, x):
    """What a SavedModel of the model answers."""
    tf = pytest.importorskip("tensorflow")
    model.export(folder / "model", verbose=False)
    loaded = tf.saved_model.load(folder / "model")
    return loaded.serve(x)


@each_own_kind
def test_a_saved_model_serves_the_numbers_of_the_model(variant, tmp_path):
    model = masked_model(variant.layer(return_sequences=True))
    x = sequences()
    np.testing.assert_allclose(served(model, tmp_path, x), model(x), **FLOAT32)


@every_shape
def test_a_saved_model_keeps_known_and_unknown_sizes(batch, time, tmp_path):
    model = masked_model(CoupledGateLSTM(UNITS), batch, time)
    x = sequences()
    np.testing.assert_allclose(served(model, tmp_path, x), model(x), **FLOAT32)


def test_a_saved_model_of_a_bidirectional_layer_serves_its_numbers(tmp_path):
    both = keras.layers.Bidirectional(LSTM(UNITS, return_sequences=True))
    model = masked_model(both)
    x = sequences()
    np.testing.assert_allclose(served(model, tmp_path, x), model(x), **FLOAT32)


def test_another_process_serves_a_saved_model_without_this_package(tmp_path):
    pytest.importorskip("tensorflow")
    model = masked_model(LSTM(UNITS))
    x = sequences()
    model.export(tmp_path / "model", verbose=False)
    np.save(tmp_path / "x.npy", x)
    subprocess.run([sys.executable, "-c", SERVE, str(tmp_path)], check=True)
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), model(x), **FLOAT32)


@tensorflow_only
@pytest.mark.parametrize("engine", ["auto", "fused", "reference"])
def test_a_saved_model_asks_for_no_xla(engine, tmp_path):
    """TensorFlow Serving refuses to compile unless it is told otherwise."""
    masked_model(LSTM(UNITS, engine=engine), BATCH, TIME).export(
        tmp_path, verbose=False
    )
    assert_without_xla(tmp_path)


def assert_without_xla(folder):
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    written = SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    functions = written.meta_graphs[0].graph_def.library.function
    assert functions
    assert not any(f.attr["_XlaMustCompile"].b for f in functions)


@tensorflow_only
@pytest.mark.parametrize("with_signatures", [False, True])
def test_what_tensorflow_saves_itself_asks_for_no_xla(
    with_signatures, tmp_path
):
    import tensorflow as tf

    model = masked_model(LSTM(UNITS), BATCH, TIME)
    x = sequences()
    expected = model.predict(x, verbose=0)  # traces with XLA what is not saved

    @tf.function(input_signature=[tf.TensorSpec(x.shape, "float32")])
    def serve(x):
        return {"y": model(x)}

    given = {"signatures": {"serve": serve}} if with_signatures else {}
    if with_signatures:
        serve(x)  # a trace with XLA, which is made again for saving
    tf.saved_model.save(model, str(tmp_path), **given)
    assert_without_xla(tmp_path)
    signatures = tf.saved_model.load(str(tmp_path)).signatures
    signature = signatures["serve" if with_signatures else "serving_default"]
    (name,) = signature.structured_input_signature[1]
    (outputs,) = signature(**{name: tf.constant(x)}).values()
    np.testing.assert_allclose(outputs, expected, **FLOAT32)


@tensorflow_only
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is dep:UserWarning")
@pytest.mark.parametrize("batch", [BATCH, None])
def test_a_concrete_function_of_portable_layers_can_be_converted(
    batch, tmp_path
):
    import tensorflow as tf

    model = masked_model(LSTM(UNITS, return_sequences=True))
    x = sequences()
    serve = tf.function(lambda x: model(x))
    with keras_rnn.engine.portable():
        concrete = serve.get_concrete_function(
            tf.TensorSpec((batch, TIME, FEATURES), "float32")
        )
    functions = concrete.graph.as_graph_def().library.function
    assert not any(f.attr["_XlaMustCompile"].b for f in functions)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete])
    path = tmp_path / "model.tflite"
    path.write_bytes(converter.convert())
    np.testing.assert_allclose(_of_litert(path, x), model(x), **FLOAT32)


@tensorflow_only
def test_layers_are_compiled_again_after_portable():
    import tensorflow as tf

    layer = LSTM(UNITS)
    layer.build((BATCH, TIME, FEATURES))

    def functions():
        call = tf.function(lambda x: layer(x))
        spec = tf.TensorSpec((BATCH, TIME, FEATURES), "float32")
        graph = call.get_concrete_function(spec).graph.as_graph_def()
        return [f.attr["_XlaMustCompile"].b for f in graph.library.function]

    with keras_rnn.engine.portable():
        assert not any(functions())
    assert any(functions())


@tensorflow_only
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is dep:UserWarning")
@few_variants
def test_a_litert_model_gives_the_numbers_of_the_model(variant, tmp_path):
    """Whatever the batch and the length, and without TensorFlow's own ops."""
    model = masked_model(variant.layer(return_sequences=True))
    path = tmp_path / "model.tflite"
    model.export(path, format="litert", verbose=False)
    for x in (sequences(), sequences(2, 3)):
        np.testing.assert_allclose(_of_litert(path, x), model(x), **FLOAT32)


def _of_litert(path, x):
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(str(path))
    given, answer = (
        details[0]["index"]
        for details in (
            interpreter.get_input_details(),
            interpreter.get_output_details(),
        )
    )
    interpreter.resize_tensor_input(given, x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(given, x)
    interpreter.invoke()
    return interpreter.get_tensor(answer)


@tensorflow_only
@pytest.mark.filterwarnings("ignore:.*np.object:FutureWarning")
@few_variants
def test_an_onnx_model_gives_the_numbers_of_the_model(variant, tmp_path):
    pytest.importorskip("tf2onnx")
    runtime = pytest.importorskip("onnxruntime")
    x = sequences()
    for time in (TIME, None):
        model = masked_model(variant.layer(return_sequences=True), time=time)
        expected = model(x)  # Keras exports no model that was never called
        path = tmp_path / f"model {time}.onnx"
        model.export(path, format="onnx", verbose=False)
        session = runtime.InferenceSession(path)
        (name,) = (given.name for given in session.get_inputs())
        (outputs,) = session.run(None, {name: x})
        np.testing.assert_allclose(outputs, expected, **FLOAT32)
