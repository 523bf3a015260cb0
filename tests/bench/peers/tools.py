"""How the other tools are asked.

jq: `zcat | jq` on fifty files at a time, as many at once as there are cores. Tried: a line for each
record, and a number for each file.

TrailScraper: `select` with dates that hold all, the only way to make it read records and hand them
over; counting what it prints is not timed. It keeps all records in memory, so of many files it gets a
part, and its times are multiplied.
"""

from __future__ import annotations

import collections
import gzip
import json
import math
import os
import pathlib
import shlex
import shutil
import sys
from typing import Iterable

from ask import Answer, Peer, Place, Way, inflated, said

# TrailScraper gets no more bytes than this, inflated.
MOST = 250_000_000


def jq(place: Place) -> Peer | None:
    if shutil.which("jq") is None:
        print("skipped: no jq; hint: apt-get install jq", file=sys.stderr)
        return None
    data = "[.additionalEventData | (.clientId // .requestParameters.client_id[0]), .responseParameters.status]"
    token, is_token = f"({data} | @csv)", '.eventName == "Token_POST"'
    programs = {
        "a line for each record": f'.Records[] | if {is_token} then {token} else "" end',
        "a number for each file": f"(.Records | length), (.Records[] | select({is_token}) | {token})",
    }
    ways = [Way(name, jq_command(place.folder, program)) for name, program in programs.items()]
    start = jq_command(place.tiny(), ".Records | length")
    return Peer("`zcat`, `jq`", "count", ways, of_lines, start, said("jq", "--version").strip())


def jq_command(folder: pathlib.Path, program: str) -> list:
    # Counted for itself, since what several print at a time comes mixed when it is long.
    each = f"zcat \"$@\" | jq -r '{program}' | sort | uniq -c"
    files = f"find {shlex.quote(str(folder))} -name '*.json.gz' -print0"
    spread = f"xargs -0 -n 50 -P {os.cpu_count()} sh -c \"$0\" sh"
    return ["sh", "-c", f"{files} | {spread}", each]


def of_lines(output: str) -> Answer:
    """What `uniq -c` says of lines that are a client and a status, a number of records, or empty."""
    tokens: collections.Counter = collections.Counter()
    records = lines = 0
    for line in output.splitlines():
        count, _, what = line.strip().partition(" ")
        lines += int(count)
        if what.isdigit():
            records += int(count) * int(what)
        elif what:
            client, status = what.replace('"', "").split(",")
            tokens[client, int(float(status))] += int(count)
    return Answer(records or lines, dict(tokens))


def trailscraper(place: Place) -> Peer:
    every = math.ceil(sum(map(inflated, place.files)) / MOST)
    part = place.files[::every]
    folder = place.folder if every == 1 else linked(part, place.target / "part")
    way = Way("select", trailscraper_command(place, folder))
    peer = Peer(
        "TrailScraper",
        "read and print",
        [way],
        lambda output: counted(json.loads(output)["Records"]),
        trailscraper_command(place, place.tiny()),
        "TrailScraper " + said(place.installed("trailscraper"), "--version").split()[-1],
    )
    if every > 1:
        peer.times = sum(map(inflated, place.files)) / sum(map(inflated, part))
        peer.note = f"one file of {every}, its times multiplied by {peer.times:.1f}, its memory not"
        peer.check = lambda: counted(record for path in part for record in records(path))
    return peer


def trailscraper_command(place: Place, folder: pathlib.Path) -> list:
    always = ["--from", "2000-01-01", "--to", "2100-01-01"]
    return [place.installed("trailscraper"), "select", "--log-dir", folder, *always]


def linked(files: list, folder: pathlib.Path) -> pathlib.Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in files:
        (folder / path.name).symlink_to(path)
    return folder


def records(path: pathlib.Path) -> list:
    return json.loads(gzip.decompress(path.read_bytes()))["Records"]


def counted(records: Iterable) -> Answer:
    tokens: collections.Counter = collections.Counter()
    total = 0
    for record in records:
        total += 1
        if record["eventName"] == "Token_POST":
            data = record["additionalEventData"]
            client = data.get("clientId") or data["requestParameters"]["client_id"][0]
            tokens[client, int(data["responseParameters"]["status"])] += 1
    return Answer(total, dict(tokens))
