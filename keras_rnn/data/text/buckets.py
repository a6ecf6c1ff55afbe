# SPDX-License-Identifier: Apache-2.0
"""Buckets: ids by a hash, without a vocabulary."""

import hashlib
from dataclasses import asdict, dataclass

from keras_rnn import _validation as validate
from keras_rnn.data.text import lists


@dataclass(frozen=True)
class Buckets:
    """Ids 1 .. num_buckets by a hash of the token; 0 is padding.

    In the place of a `Vocabulary` where there are too many words, or new ones
    keep coming: nothing is learned, every word has an id, and different words
    may share one. Nothing can be decoded. The hash is the same in every
    process and on every machine, unlike Python's own.

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

    def __post_init__(self):
        number = validate.positive_int("num_buckets", self.num_buckets)
        if number > lists.LARGEST_ID:
            raise ValueError(
                f"`num_buckets` must be at most {lists.LARGEST_ID}, the "
                "largest id of int32. "
                f"{validate.received('num_buckets', number)}"
            )
        object.__setattr__(self, "num_buckets", number)

    def __len__(self):
        return 1 + self.num_buckets

    def encode(self, tokens):
        """Ids of tokens, a list of int.

        Raises:
            TypeError: If `tokens` is no list of strings.
        """
        return [
            1 + _hash(token) % self.num_buckets
            for token in lists.strings("tokens", tokens, lists.SPLIT)
        ]

    def settings(self):
        """What JSON can hold, and the constructor takes back."""
        return asdict(self)


def _hash(token):
    data = token.encode("utf-8", "surrogatepass")  # halves of emoji too
    digest = hashlib.blake2b(data, digest_size=8).digest()
    return int.from_bytes(digest, "big")
