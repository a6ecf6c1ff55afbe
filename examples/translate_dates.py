# SPDX-License-Identifier: Apache-2.0
"""From "the 3rd of May, 2031" to 2031-05-03: a decoder that looks.

A date is written in one of several styles; a network reads it letter by letter
and writes its digits. Which letters it looks at for each digit is drawn as a
picture. No date of the test part occurs in the training part.

Measured on 1000 dates (exact matches): a bidirectional LSTM of 128 units 1.000,
with dot attention and without it, at perplexities of 1.0001 and 1.0007 per
digit; the parser of dateutil, which knows the rules, 1.000.
"""

import argparse
import calendar
import logging
import os
import random
from datetime import date, timedelta
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up log

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from dateutil import parser

from keras_rnn.models import (
    NextToken,
    Stack,
    Tokens,
    Training,
    decode,
    seeded,
    seq2seq,
)

# Every network is a new one, and TensorFlow warns when it traces several.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
plt.switch_backend("agg")

PADDING, START, END = 0, 1, 2
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789 ,./-"
DIGITS = "0123456789-"
MONTHS = [month.lower() for month in calendar.month_name[1:]]
STYLES = {
    "day of month, year": "the {day}{th} of {month}, {year}",
    "month day year": "{month} {day}, {year}",
    "short month": "{day} {short} {year}",
    "weekday": "{weekday}, {month} {day}{th} {year}",
    "slashes": "{day}/{number}/{year}",
    "year first": "{year}, {short} {day}",
}
FIRST, DAYS = date(1950, 1, 1), 40000


def main():
    options = parse_options()
    days = random.Random(options.seed).sample(
        range(DAYS), options.train + options.test
    )
    pairs = [written(day, options.seed) for day in days]
    train, test = pairs[: options.train], pairs[options.train :]
    x, y = ids_of(train)
    x_test, y_test = ids_of(test, x.shape[1])
    rows = {"dateutil": {"exact match": by_rules(test)}}
    models = {}
    for name, attention in (("without attention", None), ("dot", "dot")):
        with seeded(options.seed):
            models[name] = model = seq2seq(
                Stack("lstm", options.units, bidirectional=True),
                Tokens(len(LETTERS) + 3, embedding_units=32),
                NextToken(len(DIGITS) + 3, embedding_units=16),
                attention=attention,
                start_id=START,
                end_id=END,
            )
        head = NextToken(len(DIGITS) + 3)
        Training(learning_rate=5e-3).compile(model, head)
        model.fit(x, y, batch_size=64, epochs=options.epochs, verbose=0)
        _, perplexity = model.evaluate(x_test, y_test, verbose=0)
        found = decode(model, x_test, max_length=y.shape[1])
        exact = (found.ids[:, 0] == np.where(y_test == END, 0, y_test)).all(1)
        rows[name] = {
            "exact match": exact.mean(),
            "perplexity": perplexity,
            "weights": model.count_params(),
        }
    table = pd.DataFrame(rows).T
    print(f"{len(test)} dates that were not trained on:")
    print(table.to_string(float_format="{:.4f}".format), end="\n\n")
    model = models["dot"]
    found = decode(model, x_test[:3], max_length=y.shape[1])
    for (text, _), ids in zip(test, found.ids[:, 0], strict=False):
        print(f"{text!r} -> {digits_of(ids)}")
    draw(test[:2], found, options.picture)
    print(f"\nPicture: {options.picture}. Exact matches with attention:")
    print(f"{table.loc['dot', 'exact match']:.3f}")


def parse_options():
    options = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--train", type=int, default=8000, help="dates")
    options.add_argument("--test", type=int, default=1000, help="dates")
    options.add_argument("--units", type=int, default=128)
    options.add_argument("--epochs", type=int, default=8)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--picture", type=Path, default=Path("out/dates.png"))
    return options.parse_args()


def written(day, seed):
    """A date in letters, in a style drawn for it, and in digits."""
    moment = FIRST + timedelta(days=day)
    style = random.Random(f"{seed} {day}").choice(list(STYLES.values()))
    number, month = moment.day, MONTHS[moment.month - 1]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    text = style.format(
        day=number,
        th="th" if 11 <= number <= 13 else ending,
        month=month,
        short=month[:3],
        number=moment.month,
        year=moment.year,
        weekday=moment.strftime("%A").lower(),
    )
    return text, moment.isoformat()


def ids_of(pairs, length=None):
    """The ids of texts and digits, padded with 0; digits end in END."""
    texts, digits = zip(*pairs, strict=True)
    length = length or max(map(len, texts))
    x = np.zeros((len(pairs), length), "int32")
    y = np.zeros((len(pairs), len(digits[0]) + 1), "int32")
    for row, (text, date_in_digits) in enumerate(pairs):
        x[row, : len(text)] = [3 + LETTERS.index(one) for one in text][:length]
        y[row, :-1] = [3 + DIGITS.index(one) for one in date_in_digits]
    y[:, -1] = END
    return x, y


def digits_of(ids):
    return "".join(DIGITS[k - 3] for k in ids if k > END)


def by_rules(pairs):
    """Exact matches of a parser with rules for dates in English."""
    right = 0
    for text, digits in pairs:
        found = parser.parse(text, dayfirst=True, fuzzy=True)
        right += found.date().isoformat() == digits
    return right / len(pairs)


def draw(pairs, found, picture):
    figure, places = plt.subplots(1, len(pairs), figsize=(11, 4.6))
    for row, ((text, _), place) in enumerate(zip(pairs, places, strict=True)):
        digits = digits_of(found.ids[row, 0])
        weights = found.attention[row, 0, : len(digits), : len(text)]
        place.imshow(weights, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        place.set_xticks(
            range(len(text)), ["␣" if c == " " else c for c in text]
        )
        place.set_yticks(range(len(digits)), list(digits))
        place.set(xlabel="letters read", title=digits)
    places[0].set_ylabel("digits written")
    figure.suptitle("Where the network looks while it writes (attention)")
    figure.tight_layout()
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=120)
    plt.close(figure)


if __name__ == "__main__":
    main()
