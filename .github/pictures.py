#!/usr/bin/env python3
"""Makes the pictures of the README: the first screen as SVG, the page as PNG.

    cargo build --release && python3 .github/pictures.py
"""

import html
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("TRAILBLAME", str(ROOT / "target/release/trailblame"))
COLUMNS = 100
WIDTH, HEIGHT, LEFT, TOP = 8.43, 19, 16, 44
COLOURS = {"1": "#ffffff", "2": "#8b98a5", "31": "#ff7b72", "1;33": "#f2cc60"}


def screen() -> str:
    """What a person types, and what the program prints."""
    environment = {**os.environ, "COLUMNS": str(COLUMNS)}
    command = [PROGRAM, "investigate", "sample-logs", "--color", "always", "--quiet"]
    printed = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    shown = printed.stdout.replace(" --color always --quiet", "")
    return "$ trailblame investigate sample-logs\n\n" + shown


def spans(line: str) -> str:
    """A line with its escape sequences as colours."""
    text, *rest = re.split(r"\x1b\[([0-9;]*)m", line)
    out = [html.escape(text)]
    for code, text in zip(rest[::2], rest[1::2]):
        colour = COLOURS.get(code)
        out.append(f'<tspan fill="{colour}">{html.escape(text)}</tspan>' if colour else html.escape(text))
    return "".join(out)


def svg(text: str) -> str:
    lines = text.rstrip("\n").split("\n")
    width, height = int(COLUMNS * WIDTH + 2 * LEFT), TOP + HEIGHT * len(lines) + 12
    rows = "\n".join(
        f'<text x="{LEFT}" y="{TOP + HEIGHT * at}" xml:space="preserve">{spans(line)}</text>'
        for at, line in enumerate(lines)
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="The first screen of trailblame">
<rect width="100%" height="100%" rx="8" fill="#14171a"/>
<g fill="#ff5f57"><circle cx="20" cy="17" r="5"/></g><circle cx="38" cy="17" r="5" fill="#febc2e"/><circle cx="56" cy="17" r="5" fill="#28c840"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="14" fill="#d7dde3">
{rows}
</g>
</svg>
"""


def page(to: pathlib.Path) -> None:
    """The top of the page, as a browser shows it."""
    browser = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])))
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.html"
        subprocess.run([PROGRAM, "report", "sample-logs", "--quiet", "--output", str(report)], cwd=ROOT, check=True)
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1280,1150"]
        shot = [f"--screenshot={to}", f"--user-data-dir={folder}/profile", report.as_uri()]
        subprocess.run([browser, *flags, *shot], check=True, capture_output=True)


if __name__ == "__main__":
    pictures = ROOT / ".github"
    (pictures / "first-screen.svg").write_text(svg(screen()))
    page(pictures / "page.png")
