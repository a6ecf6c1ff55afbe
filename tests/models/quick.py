# SPDX-License-Identifier: Apache-2.0
"""Stacks that are soon built and traced, for factories times keys."""

from keras_rnn.engine import RecurrentLayer
from keras_rnn.layers import LAYERS
from keras_rnn.models import Stack

#: The one of our layers that keeps the engine a user gets. All others run the
#: plain loop: their compiled programs are tested with the layers.
ON_ITS_OWN_ENGINE = "elman"


def quick_stack(key, units, **settings):
    """A stack of a key, on the reference engine if that is quicker."""
    own = issubclass(LAYERS[key].layer, RecurrentLayer)
    plain = own and key != ON_ITS_OWN_ENGINE
    options = {"engine": "reference"} if plain else {}
    return Stack(key, units, options=options, **settings)
