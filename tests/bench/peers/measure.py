"""What peers cost, round after round, and whether they keep to what they said."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

from ask import Answer, Peer, Way

# What takes longer than this runs once, not every round.
SLOW = 60.0


@dataclasses.dataclass
class Cost:
    cpu: float
    wall: float
    memory: int  # bytes of the largest process


def warm(files: list[pathlib.Path]) -> None:
    """Reads all files once, so that nobody waits for the disk."""
    for path in files:
        path.read_bytes()


def run(command: list) -> tuple[Cost, str]:
    """What a command cost with all its children, and what it printed."""
    with tempfile.NamedTemporaryFile("r") as told, tempfile.TemporaryFile("w+") as output:
        cost = [sys.executable, "-I", "-S", pathlib.Path(__file__).with_name("cost.py"), told.name]
        ended = subprocess.run(
            [str(word) for word in cost + command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE,
        )
        if ended.returncode != 0:
            raise SystemExit(f"error: {command[0]} ended with {ended.returncode}: {ended.stderr.decode()[-2000:]}")
        output.seek(0)
        return Cost(**json.load(told)), output.read()


class Measured:
    """A peer, its fastest way, and what that cost in each round."""

    def __init__(self, peer: Peer):
        self.peer = peer
        self.wrong: list[str] = []
        self.costs: list[Cost] = []
        self.start = run(peer.start)[0]
        self.way, self.first, self.answer = self.fastest()

    def fastest(self) -> tuple[Way, Cost, Answer | None]:
        """Tries every way twice, the slow ones once, and holds their answers against each other."""
        tried = []
        for way in self.peer.ways:
            cost, output = run(way.command)
            tried.append((cost, way, self.peer.read(output)))
            if cost.wall < SLOW and len(self.peer.ways) > 1:
                tried.append((run(way.command)[0], *tried[-1][1:]))
        cost, best, answer = min(tried, key=lambda entry: entry[0].cpu)
        for _, way, other in tried:
            self.hold(other, answer, f"asked by {way.name} and by {best.name}")
        if self.peer.check is not None:
            self.hold(answer, self.peer.check(), "of a part of the files, and what is in it")
        return best, cost, answer

    def run(self, turn: int) -> None:
        if self.first.wall > SLOW and turn > 0:
            return
        cost, output = run(self.way.command)
        self.costs.append(cost)
        self.hold(self.peer.read(output), self.answer, f"in round {turn + 1} and before")

    def hold(self, answer: Answer | None, other: Answer | None, when: str) -> None:
        """Holds two answers against each other."""
        if answer is not None and other is not None and (what := answer.against(other)):
            self.wrong.append(f"{self.peer.name}, {when}, do not agree on {'; '.join(what[:5])}")

    @property
    def cpu(self) -> float:
        return statistics.median(cost.cpu for cost in self.costs) * self.peer.times

    @property
    def wall(self) -> float:
        return statistics.median(cost.wall for cost in self.costs) * self.peer.times

    @property
    def memory(self) -> int:
        return max(cost.memory for cost in self.costs)
