"""The reading of HJ 212 under coverage-guided fuzzing: whatever raises anything but Hj212Error is a defect.

    python bench/hj212_fuzz.py [FOLDER OF SEEDS] [-max_total_time=60] [options of libFuzzer]

Needs atheris (pip install atheris), and says so and ends well where it is not there. Without a folder it begins with a
few invented packets. An input is also read as a stream in two ways of cutting it, which must give the same frames.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path

KEY = b"0123456789abcdef"


def main() -> int:
    if importlib.util.find_spec("atheris") is None:
        print("skipped: there is no atheris to fuzz with (pip install atheris)", file=sys.stderr)
        return 0
    import atheris

    with atheris.instrument_imports():
        from bilan.observe.hj212 import decode, examine  # noqa: F401  # with all that they import
    with tempfile.TemporaryDirectory(prefix="bilan-fuzz-") as made:
        arguments = sys.argv[1:]
        if not any(Path(name).is_dir() for name in arguments):
            write_seeds(Path(made))
            arguments = [made, *arguments]
        atheris.Setup([sys.argv[0], *arguments], read)
        atheris.Fuzz()
    return 0


def write_seeds(folder: Path) -> None:
    from bilan.observe.hj212 import encode

    site = {"mn": "X0000000000001", "st": "31", "qn": "20240520210700000"}
    time = "DataTime=20240520210600"
    seeds = [
        encode(f"{time};01-Rtd=1.5,01-Flag=N;01-ZsRtd=1.8,01-Flag=D", cn="2011", mn="X1", st="31"),
        encode(f"{time};i11001-Info=//a,b;c//;SB1-RS=1", cn="3020", flag=5, **site),
        encode(f"{time};w01018-Avg=1", cn="2061", flag=7, pnum=2, pno=1, **site),
        encode(f"{time};a01011-Avg=1.35,a01011-Flag=N", cn="2051", flag=9, key=KEY, **site),
    ]
    for number, seed in enumerate([*seeds, b"".join(seeds)]):
        (folder / f"seed-{number}").write_bytes(seed)


def read(data: bytes) -> None:
    """Read ``data`` in every way there is."""
    from bilan.observe.hj212 import FrameReader, Hj212Error, Joiner, decode, decode_flat, examine

    try:
        expected = decode(data).flat()
    except Hj212Error:
        expected = {}
    try:
        found = decode_flat(data)
    except Hj212Error:
        found = {}
    if found != expected:
        raise AssertionError("the fast reader says something else")
    whole, pieces, joiner = FrameReader(), FrameReader(), Joiner(limit=10)
    frames = whole.feed(data) + whole.finish()
    cut = [frame for at in range(len(data)) for frame in pieces.feed(data[at : at + 1])]
    if cut + pieces.finish() != frames:
        raise AssertionError("a stream cut into bytes has other frames")
    for frame in frames:
        packet = examine(frame, keys=[KEY])
        examine(frame, strict=True)
        if packet.ok:
            joiner.add(packet)
    joiner.finish()


if __name__ == "__main__":
    sys.exit(main())
