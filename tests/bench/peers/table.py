"""The table, and the machine it was measured on."""

from __future__ import annotations

import os
import pathlib
import platform
import re
import subprocess
import sys

import ours
from ask import Place, inflated
from measure import Measured

BEGIN, END = "<!-- peers -->", "<!-- /peers -->"


def markdown(measured: list[Measured], place: Place, runs: int) -> str:
    unit = next((entry.cpu for entry in measured if entry.peer.does.startswith("`investigate`")), None)
    lines = [
        "| | does | CPU s | of it to start | wall s | peak memory | CPU, trailblame = 1 |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    lines += [row(entry, unit) for entry in measured]
    notes = [f"{size(place)}, in the page cache", machine(), f"median of {runs} runs, of what takes a minute one"]
    notes += dict.fromkeys(entry.peer.version for entry in measured if entry.peer.version)
    notes += [f"{entry.peer.name} by {entry.way.name}" for entry in measured if len(entry.peer.ways) > 1]
    notes += [f"{entry.peer.name} read {entry.peer.note}" for entry in measured if entry.peer.note]
    return "\n".join([*lines, "", "; ".join(notes) + "."])


def row(entry: Measured, unit: float | None) -> str:
    peer = entry.peer
    name = f"**{peer.name}**" if peer.name == ours.NAME else peer.name
    about = "" if peer.times == 1 else "≈ "
    times = f"{entry.cpu / unit:.2f}" if unit else ""
    return (
        f"| {name} | {peer.does} | {about}{entry.cpu:.2f} | {entry.start.cpu:.2f} | {about}{entry.wall:.2f}"
        f" | {entry.memory / 1e6:,.0f} MB | {times} |"
    )


def size(place: Place) -> str:
    compressed = sum(path.stat().st_size for path in place.files)
    records = sum(map(inflated, place.files))
    return f"{records / 1e6:,.0f} MB of records in {len(place.files):,} gzip files ({records / compressed:.1f} : 1)"


def machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{processor()}, {cores} cores, {platform.system()} {platform.release()}"


def processor() -> str:
    info = pathlib.Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.MULTILINE) if info.exists() else None
    if found:
        return found.group(1)
    if sys.platform == "darwin":
        named = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(named, stdout=subprocess.PIPE, check=True).stdout.decode().strip()
    return platform.processor() or platform.machine()


def write(readme: pathlib.Path, text: str) -> None:
    """Puts the table between its marks."""
    old = readme.read_text()
    if BEGIN not in old or END not in old:
        raise SystemExit(f"error: {readme} has no lines `{BEGIN}` and `{END}`")
    before, rest = old.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    readme.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
