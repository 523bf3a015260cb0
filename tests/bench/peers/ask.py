"""What a peer is, what it is asked with, and what it answers."""

from __future__ import annotations

import dataclasses
import gzip
import json
import os
import pathlib
import struct
import subprocess
import venv
from typing import Callable

# The newest TrailScraper wants a newer Python than the rest.
PACKAGES = ["duckdb-cli==1.5.6", "chdb==4.4.0", "trailscraper>=0.9.1"]


@dataclasses.dataclass(frozen=True)
class Answer:
    records: int
    tokens: dict  # (client, status) → requests
    attempts: int | None = None

    def against(self, other: Answer) -> list[str]:
        """Where the two differ; who does not know the attempts does not differ there."""
        pairs = [("records", self.records, other.records), ("attempts", self.attempts, other.attempts)]
        both = sorted(self.tokens.keys() | other.tokens.keys())
        pairs += [(f"{key[0]} {key[1]}", self.tokens.get(key), other.tokens.get(key)) for key in both]
        known = [pair for pair in pairs if pair[0] != "attempts" or None not in pair]
        return [f"{name}: {own} and {others}" for name, own, others in known if own != others]


@dataclasses.dataclass
class Way:
    name: str
    command: list


@dataclasses.dataclass
class Peer:
    name: str
    does: str
    ways: list
    read: Callable  # what it printed → Answer, or None if that says nothing
    start: list  # a command that does as good as nothing
    version: str = ""
    times: float = 1.0  # how often what was read goes into all files
    note: str = ""
    check: Callable | None = None  # → the right answer, where a part of the files was read

    @property
    def whole(self) -> bool:
        return self.check is None


@dataclasses.dataclass
class Place:
    """Where things are."""

    target: pathlib.Path
    program: pathlib.Path
    folder: pathlib.Path
    files: list

    @property
    def glob(self) -> str:
        return f"{self.folder}/**/*.json.gz"

    def installed(self, name: str) -> pathlib.Path:
        """A program of the environment, which is made at the first call."""
        home = self.target / "environment"
        mark = home / " ".join(PACKAGES)
        if not mark.exists():
            venv.create(home, with_pip=True, clear=True)
            pip = [home / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run(pip + PACKAGES, check=True)
            mark.touch()
        return home / "bin" / name

    def tiny(self) -> pathlib.Path:
        """A folder of one file with one record."""
        path = self.target / "tiny/111122223333_CloudTrail_eu-west-1_20260302T0005Z_EXAMPLEEXAMPLE00.json.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        record = {"eventTime": "2026-03-02T00:00:00Z", "eventName": "Decrypt", "eventSource": "kms.amazonaws.com"}
        path.write_bytes(gzip.compress(json.dumps({"Records": [record]}).encode()))
        return path.parent


def said(*command: object) -> str:
    """What a command prints."""
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE).stdout.decode()


def inflated(path: pathlib.Path) -> int:
    """The size that the end of a gzip file of one member tells."""
    with path.open("rb") as file:
        file.seek(-4, os.SEEK_END)
        return struct.unpack("<I", file.read(4))[0]
