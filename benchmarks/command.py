# SPDX-License-Identifier: Apache-2.0
"""The command line that the benchmarks share."""

import argparse
import fnmatch

from benchmarks.sizes import Size


def parser(doc, sizes, runs, only=("*",)):
    """A parser with --sizes, --runs and --only."""
    found = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument(
        "--sizes",
        nargs="+",
        type=Size.parse,
        default=sizes,
        metavar="SIZE",
        help="batch,time,features,units",
    )
    found.add_argument(
        "--runs", type=int, default=runs, help=f"repetitions of each, {runs}"
    )
    found.add_argument(
        "--only",
        nargs="+",
        default=only,
        metavar="NAME",
        help="names of contenders, with * and ? as in file names",
    )
    return found


def chosen(contenders, patterns):
    """Those contenders that one of the patterns names."""
    names = [contender.name for contender in contenders]
    found = set()
    for pattern in patterns:
        matching = set(fnmatch.filter(names, pattern))
        if not matching:
            raise SystemExit(f"{pattern!r} is none of {', '.join(names)}.")
        found |= matching
    return [contender for contender in contenders if contender.name in found]
