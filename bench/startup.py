"""What a person waits for before anything happens: ``bilan --help`` against an empty Python, as a ratio of one run.

    python bench/startup.py [--rounds 10]

Both are processes of their own in turns; the best of each counts. The help promises 0.3 s on an idle office machine.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

WAYS = {
    "empty Python": ("-c", "pass"),
    "import typer": ("-c", "import typer"),
    "bilan --help": ("-m", "bilan", "--help"),
    "bilan evaluate --help": ("-m", "bilan", "evaluate", "--help"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10, help="processes of each; the best counts")
    rounds = max(parser.parse_args().rounds, 1)
    best = dict.fromkeys(WAYS, float("inf"))
    for _ in range(rounds):
        for name, arguments in WAYS.items():
            best[name] = min(best[name], seconds(arguments))
    print("| what | ÷ empty Python | ÷ import typer |")
    print("|---|---:|---:|")
    for name, found in best.items():
        print(f"| {name} | {found / best['empty Python']:.1f} | {found / best['import typer']:.1f} |")


def seconds(arguments: tuple[str, ...]) -> float:
    """The wall time of one process; one that fails ends the program."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
