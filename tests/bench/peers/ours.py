"""How trailblame is asked.

`investigate DIR --format json` is its whole job. `export --frame counts` says what that counted; it
is run once and not timed. `inflate DIR` only inflates the files, where the program can.
"""

from __future__ import annotations

import collections
import csv
import io
import json
import pathlib
import subprocess
import sys

from ask import Answer, Peer, Place, Way, said

NAME = "trailblame"
INFLATE = "inflate"


def inflate(place: Place) -> Peer | None:
    known = subprocess.run([place.program, INFLATE, "--help"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if known.returncode != 0:
        print("skipped: this trailblame has no mode that only inflates", file=sys.stderr)
        return None
    way = Way(INFLATE, [place.program, INFLATE, place.folder])
    return Peer("trailblame", "inflating alone", [way], lambda _: None, [place.program, INFLATE, place.tiny()])


def investigate(place: Place) -> Peer:
    def command(folder: pathlib.Path) -> list:
        return [place.program, "investigate", folder, "--format", "json"]

    tokens = token_requests(place)

    def read(output: str) -> Answer:
        inputs = json.loads(output)["inputs"]
        return Answer(inputs["records"], tokens, inputs["requests"])

    way = Way(NAME, command(place.folder))
    version = said(place.program, "--version").strip()
    return Peer(NAME, "`investigate`, the whole job", [way], read, command(place.tiny()), version)


def token_requests(place: Place) -> dict:
    counts = said(place.program, "export", place.folder, "--frame", "counts", "--format", "csv")
    tokens: collections.Counter = collections.Counter()
    for row in csv.DictReader(io.StringIO(counts)):
        if row["endpoint"] == "token":
            tokens[row["client"], status(row["outcome"])] += int(row["requests"])
    return dict(tokens)


def status(outcome: str) -> int:
    """Of an outcome: `ok`, `http_400`, or an OAuth error, which the token endpoint answers with 400."""
    if outcome == "ok":
        return 200
    return int(outcome[5:]) if outcome.startswith("http_") else 400
