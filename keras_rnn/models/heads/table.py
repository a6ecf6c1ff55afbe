# SPDX-License-Identifier: Apache-2.0
"""HEADS, the one table of what models can predict.

Factories, the tuner, error messages and tests read it. `keras_rnn.models`
exports the names in `__all__`; it also exports, each by its name, what other
subpackages use.
"""

from typing import Any

from keras_rnn import _validation as validate
from keras_rnn.models.heads.characters import Characters
from keras_rnn.models.heads.contract import Head
from keras_rnn.models.heads.distributions import table as distributions
from keras_rnn.models.heads.distributions.table import *  # noqa: F403
from keras_rnn.models.heads.distributions.table import DISTRIBUTIONS
from keras_rnn.models.heads.next_frame import NextFrame
from keras_rnn.models.heads.point import (
    Binary,
    MultiClass,
    NextToken,
    Regression,
)

__all__ = [
    "Binary",
    "Characters",
    "NextFrame",
    "NextToken",
]
__all__ += distributions.__all__

#: The classes of all heads.
HEADS: tuple[type[Head], ...] = (
    Regression,
    *DISTRIBUTIONS.values(),
    Binary,
    MultiClass,
    NextToken,
    Characters,
    NextFrame,
)


def head_for(factory: str, head: Any) -> Any:
    """Returns the head that a factory was given, if the factory takes it.

    Args:
        factory: Name of the factory.
        head: The argument `head` of the factory.

    Raises:
        TypeError: If `head` is no head, or is a head for other factories.
    """
    if isinstance(head, Head) and factory in head.factories:
        return head
    suiting = tuple(kind for kind in HEADS if factory in kind.factories)
    remedy = "Use e.g. Regression(horizon=12)." * (Regression in suiting)
    if isinstance(head, Head):
        remedy = f"This one is for {' or '.join(head.factories)}."
    return validate.instance("head", head, suiting, remedy)
