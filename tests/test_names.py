# SPDX-License-Identifier: Apache-2.0
"""Names of version 0.1 and of other libraries are answered with the right one.

What an argument is called elsewhere stands in tables beside the classes; the
tests read them. What somebody may guess stands in `test_guesses.py`.
"""

import copy
import functools
import importlib
import inspect
import pickle
import re

import keras
import keras_tuner
import pandas as pd
import pytest

from keras_rnn import models
from keras_rnn._names import other_attributes, other_names
from keras_rnn._names.kinds import KINDS
from keras_rnn._names.places import PLACES
from keras_rnn.forecasting import Forecaster
from keras_rnn.forecasting.other_names.attributes import (
    BACKTEST_ATTRIBUTES,
    FORECASTER_ATTRIBUTES,
)
from keras_rnn.models.other_names import STACK_ATTRIBUTES
from keras_rnn.tuning import SPACE
from keras_rnn.tuning.other_names import CELL_SEARCH

METHODS = ("fit", "predict", "sample", "backtest", "plot", "save", "load")
#: What public names stand for.
OFFERED = {
    name: getattr(importlib.import_module(module), name)
    for name, module in PLACES.items()
}
#: Name -> what answers foreign names of arguments.
CALLS = {
    name: OFFERED[name]
    for name in (
        *("Forecaster", "Stack", "Training", "Columns", "Windows"),
        *("CrossValidation", "Arrays", "Forecast", "search_cells"),
    )
} | {f"Forecaster.{name}": getattr(Forecaster, name) for name in METHODS}
#: What remedies call beside public names.
CALLED = {
    **OFFERED,
    **{name: getattr(Forecaster, name) for name in METHODS},
    "compile": models.Training.compile,
    "wide": OFFERED["Columns"].wide,
    "stack": models.Stack.__call__,
    "Model": keras.Model,
    "new_layers": models.Stack.new_layers,
    "LSTM": importlib.import_module("keras_rnn").LSTM,
    "Bidirectional": keras.layers.Bidirectional,
    "load_model": keras.models.load_model,
    "set_dtype_policy": keras.config.set_dtype_policy,
    "RandomSearchOracle": keras_tuner.oracles.RandomSearchOracle,
    "HyperbandOracle": keras_tuner.oracles.HyperbandOracle,
    "best_model": OFFERED["CellSearch"].best_model,
    "best_settings": OFFERED["CellSearch"].best_settings,
    "leaderboard": OFFERED["CellSearch"].leaderboard,
}

every_call = pytest.mark.parametrize("name", CALLS)


def checked(called):
    """The function that answers foreign names."""
    function = called.__init__ if isinstance(called, type) else called
    return getattr(function, "__func__", function)


def remedies(called):
    """The table of a function: a wrong name -> what to write instead."""
    return inspect.getclosurevars(checked(called)).nonlocals["remedies"]


def ready(name):
    """What can be called with keywords alone."""
    if name.count(".") and name != "Forecaster.load":
        return functools.partial(CALLS[name], Forecaster(horizon=2, lookback=3))
    return CALLS[name]


def arguments(called):
    """The names of the arguments, in their order."""
    names = [
        parameter.name
        for parameter in inspect.signature(called).parameters.values()
        if parameter.kind is not parameter.VAR_KEYWORD
    ]
    return [name for name in names if name != "self"]


def takes(called, name):
    """Whether a function has an argument."""
    if called is OFFERED["search_cells"]:
        return name in arguments(called) or (name in SPACE and name != "cell")
    kinds = {p.kind for p in inspect.signature(called).parameters.values()}
    return name in arguments(called) or inspect.Parameter.VAR_KEYWORD in kinds


@every_call
def test_a_name_from_elsewhere_is_answered_with_the_right_one(name):
    call = ready(name)
    for wrong, remedy in remedies(CALLS[name]).items():
        with pytest.raises(TypeError) as error:
            call(**{wrong: 1})
        begin = "" if remedy.startswith("Leave ") else "Write "
        assert str(error.value).startswith(
            f"`{name}` has no argument `{wrong}`. Received: {wrong}=1. "
            f"{begin}{remedy}"
        )
        assert not str(error.value).endswith("..")


def check_remedy(remedy, called):
    """A remedy calls what there is, with arguments that exist."""
    rest = remedy
    for _ in range(9):
        for function, given in re.findall(r"(\w+)\(([^()]*)\)", rest):
            assert function in CALLED, remedy
            for named in re.findall(r"(\w+)=(?!=)", given):
                assert takes(CALLED[function], named), (remedy, named)
        rest = re.sub(r"\w*\([^()]*\)", "_", rest)
    owner = re.search(r" of (?:a )?(Forecaster(?:\.fit)?)", rest)
    owners = [called, *([CALLS[owner[1]]] if owner else [])]
    for named in re.findall(r"(\w+)=(?!=)", rest):
        assert any(takes(one, named) for one in owners), (remedy, named)


@every_call
def test_a_remedy_names_arguments_that_exist(name):
    for wrong, remedy in remedies(CALLS[name]).items():
        assert not takes(CALLS[name], wrong)
        check_remedy(remedy, CALLS[name])


@pytest.mark.parametrize(
    ("owner", "table"),
    [
        ("Forecaster", FORECASTER_ATTRIBUTES),
        ("Backtest", BACKTEST_ATTRIBUTES),
        ("CellSearch", CELL_SEARCH),
        ("Stack", STACK_ATTRIBUTES),
    ],
)
def test_a_remedy_names_attributes_that_exist(owner, table):
    cls = OFFERED[owner]
    for wrong, remedy in table.items():
        assert not hasattr(cls, wrong)
        check_remedy(remedy, cls)
        objects = r"(?:forecaster|result|search|stack)\.(\w+)"
        for name in re.findall(objects, remedy):
            assert hasattr(cls, name) or name in {
                *cls.__annotations__,
                "settings",
            }


def test_a_kind_has_no_name_of_another_kind():
    names = [name for kind in KINDS.values() for name in kind.split()]
    assert len(names) == len(set(names))


@every_call
def test_an_unknown_name_is_answered_with_one_spelt_alike(name):
    *_, argument = arguments(CALLS[name])
    with pytest.raises(TypeError, match=f"Did you mean `{argument}`") as error:
        ready(name)(**{f"{argument}z": 1})
    assert f"The arguments are `{arguments(CALLS[name])[0]}`" in str(
        error.value
    )


@every_call
def test_a_name_like_none_other_is_answered_with_all_of_them(name):
    with pytest.raises(TypeError, match="The arguments are") as error:
        ready(name)(xyzzy=1)
    assert all(f"`{one}`" in str(error.value) for one in arguments(CALLS[name]))
    assert "`self`" not in str(error.value)
    assert "Did you mean" not in str(error.value)


@every_call
def test_arguments_without_a_place_are_answered_with_a_call(name):
    with pytest.raises(TypeError) as error:
        ready(name)(*range(9))
    said = str(error.value)
    assert re.match(rf"`{re.escape(name)}` takes (all|only) ", said)
    call = name.partition(".")[2] or name
    assert re.search(rf"Write ([Ff]orecaster\.)?{call}\(", said)


def test_an_argument_that_is_missing_or_given_twice_is_named():
    with pytest.raises(
        TypeError, match=r"needs `horizon` and `lookback`\. Rec"
    ):
        Forecaster()
    with pytest.raises(TypeError, match=r"`Stack` gets `cell` twice"):
        models.Stack("lstm", cell="gru")


def test_a_subclass_is_called_by_its_own_name():
    class Sales(Forecaster):
        pass

    with pytest.raises(TypeError, match=r"`Sales\.predict` has no argument"):
        Sales(horizon=2, lookback=3).predict(h=2)
    with pytest.raises(TypeError, match=r"`Sales` has no argument `h`"):
        Sales(h=2)


def test_a_large_value_is_not_shown_whole():
    with pytest.raises(TypeError) as error:
        Forecaster(series=list(range(10_000)))
    assert "series=[0, 1, 2" in str(error.value)
    assert len(str(error.value)) < 300


@every_call
def test_help_shows_the_arguments_as_they_are_written(name):
    called = CALLS[name]
    shown = inspect.signature(called)
    written = inspect.signature(inspect.unwrap(checked(called)))
    assert list(shown.parameters.values()) == [
        parameter
        for parameter in written.parameters.values()
        if (parameter.name, isinstance(called, type)) != ("self", True)
        and parameter.name != "cls"
    ]
    assert inspect.unwrap(checked(called)).__doc__ == checked(called).__doc__


def test_a_signature_stays_as_it_is():
    def train(frame, *, num_seeds: int = 1) -> int:
        """Trains."""
        return num_seeds

    told = other_names("", (), seeds="num_seeds=3")(train)
    assert inspect.signature(told) == inspect.signature(train)
    assert (told.__name__, told.__doc__) == ("train", "Trains.")
    assert told(None, num_seeds=2) == 2
    with pytest.raises(TypeError, match=r"`train` has no.*Write num_seeds=3\."):
        told(None, seeds=2)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_an_object_that_knows_other_attributes_stays_an_object(copied):
    forecaster = Forecaster(horizon=2, lookback=3, columns="y")
    for one in (
        copied(forecaster),
        pickle.loads(pickle.dumps(forecaster)),
        forecaster.clone(),
    ):
        assert repr(one) == "Forecaster(horizon=2, lookback=3, columns='y')"
        assert not hasattr(one, "forecast")
        assert not hasattr(one, "xyzzy")
        assert getattr(one, "forecast", None) is None


def test_an_attribute_that_fails_keeps_its_own_error():
    @other_attributes(size="len(box)")
    class Box:
        @property
        def lid(self):
            return self.hinge

    with pytest.raises(AttributeError, match=r"'size'\. Write len\(box\)\."):
        _ = Box().size
    with pytest.raises(AttributeError, match="no attribute 'hinge'"):
        _ = Box().lid


def test_what_was_removed_says_what_takes_its_place():
    message = r"no attribute 'compile_defaults'\. Write Training\(.*\.compile"
    with pytest.raises(ImportError, match=message):
        from keras_rnn.models import compile_defaults  # noqa: F401
    with pytest.raises(ImportError, match=message):
        _ = models.compile_defaults


def test_what_never_was_is_an_attribute_error():
    for name in ("", ".layers", ".models", ".data", ".forecasting", ".tuning"):
        module = importlib.import_module(f"keras_rnn{name}")
        assert not hasattr(module, "compile_all")
    with pytest.raises(ImportError, match="cannot import name"):
        from keras_rnn.models import compile_all  # noqa: F401


@pytest.mark.parametrize(("name", "place"), PLACES.items())
def test_a_name_is_found_from_every_module(name, place):
    assert name in importlib.import_module(place).__all__
    for other in ("", ".layers", ".models", ".data", ".forecasting", ".tuning"):
        module = importlib.import_module(f"keras_rnn{other}")
        if name in module.__all__:
            continue
        with pytest.raises(ImportError, match=f"`from {place} import {name}`"):
            getattr(module, name)


def test_a_frame_is_shown_on_one_line():
    with pytest.raises(TypeError) as error:
        Forecaster(frame=pd.DataFrame({"y": range(99)}))
    assert "Received: frame=y 0 0 1 1" in str(error.value)
