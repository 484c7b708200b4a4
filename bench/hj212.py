"""HJ 212 in one run: decoding against a naive decoder, the gateway against an echo server, memory, idle lines.

    python bench/hj212.py [--rounds 3] [--frames 1000000] [--idle 5000]

Puts ``hj212_decode.py`` and ``hj212_gateway.py`` together; see there what is measured and how. About five minutes.
"""

from __future__ import annotations

import argparse
import sys

import hj212_decode
import hj212_gateway


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="of the gateway and the echo server; the median counts")
    parser.add_argument("--frames", type=int, default=1_000_000, help="frames over which memory is watched")
    parser.add_argument("--idle", type=int, default=5_000, help="idle connections")
    options = parser.parse_args()
    hj212_decode.report_speed(hj212_decode.invented(100), rounds=40)
    hj212_gateway.raise_open_files()
    for connections in (100, 1_000):
        hj212_gateway.report_rate(connections, seconds=8.0, rounds=max(options.rounds, 1))
    hj212_gateway.report_memory(1_000, options.frames)
    hj212_gateway.report_idle(options.idle)
    return 0


if __name__ == "__main__":
    sys.exit(main())
