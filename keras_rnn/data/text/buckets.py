# SPDX-License-Identifier: Apache-2.0
"""Buckets: ids by a hash, without a vocabulary."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from keras_rnn import _validation as validate
from keras_rnn.data.text import lists


@dataclass(frozen=True)
class Buckets:
    """Ids 1 to num_buckets by a hash of the token; 0 is padding.

    Use buckets in place of a `Vocabulary` where there are too many words, or
    new ones keep coming: nothing is learned, every word has an id, and
    different words may share one, so ids cannot be decoded. The hash is the
    same in every process and on every machine, unlike Python's own.

    Args:
        num_buckets: Number of ids besides padding.

    Example:
        >>> from keras_rnn.data.text import Buckets
        >>> Buckets(1000).encode(["taipei", "tokyo", "taipei"])
        [917, 317, 917]
        >>> len(Buckets(1000))
        1001

    Reference:
        Weinberger, K. et al. (2009). Feature hashing for large scale
        multitask learning. ICML. Without its signs, which matter in sums.
    """

    num_buckets: int

    def __post_init__(self) -> None:
        number = validate.positive_int("num_buckets", self.num_buckets)
        if number > lists.LARGEST_ID:
            raise ValueError(
                f"`num_buckets` must be at most {lists.LARGEST_ID}, the "
                "largest id of int32. "
                f"{validate.received('num_buckets', number)}"
            )
        object.__setattr__(self, "num_buckets", number)

    def __len__(self) -> int:
        return 1 + self.num_buckets

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """The ids of tokens.

        Raises:
            TypeError: If `tokens` is not a list of strings.
        """
        return [
            1 + _hash(token) % self.num_buckets
            for token in lists.strings("tokens", tokens, lists.SPLIT)
        ]

    def settings(self) -> dict[str, Any]:
        """The arguments of the constructor, in a form that JSON can hold."""
        return asdict(self)


def _hash(token: str) -> int:
    data = token.encode("utf-8", "surrogatepass")  # halves of emoji too
    digest = hashlib.blake2b(data, digest_size=8).digest()
    return int.from_bytes(digest, "big")
