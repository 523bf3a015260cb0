"""Runs a command and writes what it cost: `cost.py FILE COMMAND …`.

A process of its own, since the peak memory of a child is at least that of the process it was forked
from; so this one holds little.
"""

import json
import os
import sys
import time


def main() -> int:
    start = time.monotonic()
    child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
    _, status, used = os.wait4(child, 0)
    cost = {
        "cpu": used.ru_utime + used.ru_stime,
        "wall": time.monotonic() - start,
        # Linux counts in kilobytes, macOS in bytes.
        "memory": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }
    with open(sys.argv[1], "w") as file:
        json.dump(cost, file)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
