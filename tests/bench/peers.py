#!/usr/bin/env python3
"""Compares trailblame with programs that people read trails with, on the same files in one run.

    cargo build --release
    python3 tests/bench/peers.py [--write-readme]

Needs Python 3.9 or later and `jq`; the other peers are installed from PyPI into an environment below
target/. The files are made by `cargo run --release --example world -- organisation`, 2 GB inflated of
which 1 % of the records are of user pools, unless a folder is given.

Everyone is asked how many records there are, and how many requests came to the token endpoint by
app client and status; trailblame does its whole job besides. How each is asked stands on top of the
files in `peers/`. Where there are several ways, each is tried, and the fastest is kept. Then all run in
turn, round after round, on all cores, with the files in the page cache. CPU seconds are user and
system time of all processes of a run, wall seconds those on the clock, both the median of the rounds;
memory is the most that one process held. What it costs to start, with one record to read, is told
apart. Ends with 1 when the answers disagree.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "peers"))

import engines  # noqa: E402
import ours  # noqa: E402
import table  # noqa: E402
import tools  # noqa: E402
from ask import Answer, Place  # noqa: E402
from measure import Measured, warm  # noqa: E402

PEERS = {
    "inflate": ours.inflate,
    "trailblame": ours.investigate,
    "chdb": engines.chdb,
    "duckdb": engines.duckdb,
    "jq": tools.jq,
    "trailscraper": tools.trailscraper,
}


def main() -> int:
    chosen = options()
    program = chosen.program.resolve()
    if not program.exists():
        raise SystemExit(f"error: there is no `{program}`\nhint: cargo build --release")
    folder = (chosen.folder or made(chosen)).resolve()
    place = Place(ROOT / "target/peers", program, folder, sorted(folder.rglob("*.json.gz")))
    warm(place.files)
    peers = [make(place) for name, make in PEERS.items() if name not in chosen.without]
    measured = [Measured(peer) for peer in peers if peer is not None]
    for turn in range(chosen.runs):
        for entry in measured:
            entry.run(turn)
    text = table.markdown(measured, place, chosen.runs)
    print(text)
    wrong = disagreements(folder, measured)
    for line in wrong:
        print(f"error: {line}", file=sys.stderr)
    if chosen.write_readme and not wrong:
        table.write(ROOT / "README.md", text)
    return 1 if wrong else 0


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=pathlib.Path, help="files as S3 holds them; made when absent")
    parser.add_argument("--bytes", default="2GB", help="size of the files that are made, inflated")
    parser.add_argument("--cognito", default="0.01", help="share of their records that are of user pools")
    parser.add_argument("--spread", default="even", choices=["even", "accounts"])
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "target/release/trailblame")
    parser.add_argument("--runs", type=int, default=5, help="rounds")
    parser.add_argument("--without", action="append", default=[], choices=sorted(PEERS), help="leave a peer out")
    parser.add_argument("--write-readme", action="store_true", help="put the table between its marks in README.md")
    return parser.parse_args()


def made(chosen: argparse.Namespace) -> pathlib.Path:
    """The generated files, made if they are not there."""
    folder = ROOT / f"target/peers/{chosen.bytes}-{chosen.cognito}-{chosen.spread}"
    if not truth_of(folder).exists():
        shutil.rmtree(folder, ignore_errors=True)
        world = ["cargo", "run", "--release", "--quiet", "--example", "world", "--", "organisation", folder]
        size = ["--bytes", chosen.bytes, "--cognito", chosen.cognito, "--spread", chosen.spread]
        told = subprocess.run(world + size, cwd=ROOT, check=True, stdout=subprocess.PIPE)
        truth_of(folder).write_bytes(told.stdout)
    return folder


def truth_of(folder: pathlib.Path) -> pathlib.Path:
    return folder.with_name(folder.name + ".json")


def truth(folder: pathlib.Path) -> dict[str, Answer]:
    """What the generator knows, where it made the files."""
    if not truth_of(folder).exists():
        return {}
    told = json.loads(truth_of(folder).read_text())
    tokens = {(client, status): count for client, status, count in told["tokens"]}
    return {"the generator": Answer(told["records"], tokens, told["attempts"])}


def disagreements(folder: pathlib.Path, measured: list[Measured]) -> list[str]:
    """Who says something else than the first, or contradicts itself."""
    answers = truth(folder)
    read_all = [entry for entry in measured if entry.peer.whole and entry.answer is not None]
    answers.update({entry.peer.name: entry.answer for entry in read_all})
    if not answers:
        return ["nobody was asked"]
    (name, first), *others = answers.items()
    differ = [(other, answer.against(first)) for other, answer in others]
    wrong = [f"{other} and {name} do not agree on {'; '.join(what[:5])}" for other, what in differ if what]
    return wrong + [line for entry in measured for line in entry.wrong]


if __name__ == "__main__":
    # The order of `sort` is nothing to wait for.
    os.environ["LC_ALL"] = "C"
    sys.exit(main())
