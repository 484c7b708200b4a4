"""Packets of HJ 212 decoded: ours against a decoder that follows the standard's text bit by bit, as ratios of one run.

    python bench/hj212_decode.py [--frames 100] [--rounds 40]

The frames are invented, about 780 bytes each: half real-time data (2011), half hourly means (2061), 10 to 14 factors.
All ways decode the same frames in turns in one process, the median ratio of the rounds counts, and flat fields must be
the same as those of the naive decoder. The promise: flat fields 35 times as fast. The second table shows that no input
costs more than linear time: seconds per byte of hostile inputs of n bytes and of 4n.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence

from bilan.observe.hj212 import FrameReader, Hj212Error, crc16, decode_flat, encode, examine
from bilan.observe.hj212.content import read_content
from bilan.observe.hj212.notes import Notes
from bilan.observe.hj212.sm4 import from_list

PROMISE = 35.0
LINEAR = 2.0  # times the seconds per byte; a quadratic step makes four
FACTORS = (
    *("w00000", "w01001", "w01018", "w21003", "w21011", "w21001", "w01012"),
    *("a00000", "a01011", "a01012", "a01013", "a01014", "a19001", "a21026", "a21002", "a34013"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--frames", type=int, default=100, help="invented frames that are decoded in every round")
    parser.add_argument("--rounds", type=int, default=40, help="rounds; the median ratio counts")
    parser.add_argument("--bytes", type=int, default=50_000, help="size n of the hostile inputs")
    options = parser.parse_args()
    frames = invented(max(options.frames, 2))
    kept = report_speed(frames, max(options.rounds, 1))
    print()
    return 0 if report_hostile(options.bytes, max(options.rounds // 10, 1)) and kept else 1


def report_speed(frames: Sequence[bytes], rounds: int) -> bool:
    """Print the ratios; whether the promise is kept."""
    same_fields(frames)
    ratios = speeds(frames, rounds)
    print(f"{len(frames)} frames, {sum(map(len, frames)) / len(frames):.0f} bytes each on average\n")
    print("| what | times the naive decoder |")
    print("|---|---:|")
    for name, ratio in ratios.items():
        print(f"| {name} | {ratio:.1f} |")
    kept = ratios["flat fields"] >= PROMISE
    print(f"\nflat fields at least {PROMISE:.0f} times the naive decoder: {'kept' if kept else 'BROKEN'}")
    return kept


def speeds(frames: Sequence[bytes], rounds: int) -> dict[str, float]:
    """How many times as fast as the naive decoder each way is: the median over the rounds, paired."""
    ratios: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(rounds):  # in turns, so that a busy machine slows all
        seconds = {name: cost(way, frames) for name, way in WAYS.items()}
        for name in WAYS:
            ratios[name].append(seconds["naive decoder"] / seconds[name])
    return {name: statistics.median(found) for name, found in ratios.items()}


def cost(way: Callable[[bytes], object], frames: Sequence[bytes]) -> float:
    """Seconds for all frames, the better of two."""
    best = float("inf")
    for _ in range(2):
        begun = time.perf_counter()
        for frame in frames:
            way(frame)
        best = min(best, time.perf_counter() - begun)
    return best


def same_fields(frames: Sequence[bytes]) -> None:
    """End the program where ours and the naive decoder do not say the same, of good frames and of damaged ones."""
    for frame in frames:
        if not naive(frame) == decode_flat(frame) == examine(frame).flat():
            sys.exit(f"different fields: {frame!r}")
    for at, frame in enumerate(frames):
        damaged = bytearray(frame)
        damaged[10 + at % 100] ^= 1
        if not refused(naive, bytes(damaged)) or not refused(decode_flat, bytes(damaged)):
            sys.exit(f"damage was not seen: {bytes(damaged)!r}")


def refused(way: Callable[[bytes], object], frame: bytes) -> bool:
    try:
        way(frame)
    except (ValueError, Hj212Error):
        return True
    return False


def invented(count: int, seed: int = 1) -> list[bytes]:
    """Frames of 2017 with data, real-time and hourly in turns; values, outlet and times are invented."""
    chance = random.Random(seed)
    return [_frame(chance, "2061" if number % 2 else "2011") for number in range(count)]


def _frame(chance: random.Random, cn: str) -> bytes:
    suffixes = ("Min", "Avg", "Max") if cn == "2061" else ("Rtd", "ZsRtd")
    groups = []
    for factor in chance.sample(FACTORS, chance.randint(10, 14)):
        values = (f"{chance.uniform(0, 10):.1f}" if cn == "2061" else f"{chance.uniform(0, 100):.2f}" for _ in suffixes)
        fields = [f"{factor}-{suffix}={value}" for suffix, value in zip(suffixes, values, strict=True)]
        groups.append(",".join([*fields, f"{factor}-Flag=N"]))
    time_of_data = f"202405{chance.randint(10, 28)}{chance.randint(10, 23)}0000"
    return encode(
        ";".join([f"DataTime={time_of_data}", *groups]),
        cn=cn,
        mn="X00000000000000000000001",
        st="31",
        qn=f"{time_of_data}123",
        flag=5,
    )


# --- the naive decoder: HJ 212-2017 table 2, annex A and 6.3, each as its text says it ---


def naive(frame: bytes) -> dict[str, str]:
    """The fields of header and CP; ValueError where the frame is not as the standard has it."""
    if frame[0:2] != b"##":
        raise ValueError("no ##")
    length = 0
    for digit in frame[2:6]:
        length = length * 10 + int(chr(digit))
    segment = frame[6 : 6 + length]
    if frame[6 + length : 10 + length] != f"{naive_crc(segment):04X}".encode():
        raise ValueError("CRC")
    if frame[10 + length :] != b"\r\n":
        raise ValueError("no CR LF")
    return naive_fields(segment.decode())


def naive_crc(segment: bytes) -> int:
    """Annex A: byte by byte and bit by bit."""
    register = 0xFFFF
    for byte in segment:
        register = (register >> 8) ^ byte
        for _ in range(8):
            out = register & 1
            register >>= 1
            if out:
                register ^= 0xA001
    return register


def naive_fields(text: str) -> dict[str, str]:
    """6.3: ``=`` behind a name, ``,`` and ``;`` behind a value, the content between ``&&``; sign by sign."""
    fields: dict[str, str] = {}
    name = word = ""
    for sign in text:
        if sign == "=" and word != "CP":
            name, word = word, ""
        elif sign in ",;":
            fields[name] = word
            name = word = ""
        elif sign == "&":
            if name and word:
                fields[name] = word
            name = word = ""
        elif sign != "=":
            word += sign
    return fields


# --- hostile inputs: what each costs for a byte, at n bytes and at 4n ---


def report_hostile(size: int, rounds: int) -> bool:
    """Print the growth of the cost of a byte; whether all of it is linear."""
    print("| hostile input | MB/s | cost of a byte at 4n ÷ at n |")
    print("|---|---:|---:|")
    linear = True
    for name, (make, work) in HOSTILE.items():
        small, large = (make(size)[:size], make(4 * size)[: 4 * size])
        best = {id(small): float("inf"), id(large): float("inf")}
        for _ in range(rounds):
            for data in (small, large):
                begun = time.perf_counter()
                work(data)
                best[id(data)] = min(best[id(data)], (time.perf_counter() - begun) / len(data))
        growth = best[id(large)] / best[id(small)]
        linear &= growth < LINEAR
        print(f"| {name} | {1e-6 / best[id(large)]:.2f} | {growth:.2f} |")
    print(f"\nno input costs more than linear time: {'kept' if linear else 'BROKEN'}")
    return linear


def stream(data: bytes) -> None:
    """Frames found in pieces of 1 kB, and each examined."""
    reader = FrameReader()
    for at in range(0, len(data), 1000):
        for frame in reader.feed(data[at : at + 1000]):
            examine(frame)
    for frame in reader.finish():
        examine(frame)


def trickle(data: bytes) -> None:
    """Frames found in pieces of a few bytes."""
    reader = FrameReader()
    for at in range(0, len(data), 7):
        reader.feed(data[at : at + 7])
    reader.finish()


def content(data: bytes) -> None:
    read_content(data.decode(errors="ignore"), 0, Notes(strict=False))


def nested(size: int) -> bytes:
    """Frames whose lengths all lead to the same ``&&`` and CRC."""
    block = b"".join(b"##%04d" % (9980 - 6 * number) for number in range(1650)) + b"0" * 78 + b"&&0000\r\n"
    return block * (size // len(block) + 1)


def numbered(size: int, pattern: str) -> bytes:
    return "".join(pattern % (number % 100_000) for number in range(size // len(pattern % 99_999) + 1)).encode()


HOSTILE: dict[str, tuple[Callable[[int], bytes], Callable[[bytes], object]]] = {
    "nothing but ##": (lambda n: b"#" * n, stream),
    "heads without frames": (lambda n: b"##9999" * (n // 6 + 1), stream),
    "heads, a few bytes at a time": (lambda n: b"##9999" * (n // 6 + 1), trickle),
    "lengths that all lead to one end": (nested, stream),
    "ends without frames": (lambda n: b"##9999QN=;&&0000\r\n" * (n // 18 + 1), stream),
    "an endless cipher": (lambda n: b"##9999ST=1;CP=&&" + b"\xff&&\r\n" * (n // 5 + 1), stream),
    "an endless cipher, a few bytes at a time": (lambda n: b"##9999ST=1;CP=&&" + b"\xff&&\r\n" * (n // 5 + 1), trickle),
    "noise": (lambda n: b"\x00\r\n#" * (n // 4 + 1), stream),
    "logs that do not end": (lambda n: b"a=//;/" * (n // 6 + 1), content),
    "slashes": (lambda n: b"/" * n, content),
    "fields without a value": (lambda n: b"a;" * (n // 2 + 1), content),
    "fields in Chinese": (lambda n: ("字" * 10 + ";;").encode() * (n // 32 + 1), content),
    "groups of the same factors": (lambda n: numbered(n // 2, "%05d-R=1;") * 2, content),
    "a list of cipher bytes that is none": (lambda n: b"0x41" + b" " * n, from_list),
    "a long list of cipher bytes": (lambda n: b"0x41, " * (n // 6 + 1), from_list),
}

WAYS: dict[str, Callable[[bytes], object]] = {
    "naive decoder": naive,
    "naive CRC alone": lambda frame: naive_crc(frame[6:-6]),
    "packet (examine)": examine,
    "flat fields": decode_flat,
    "CRC alone": lambda frame: crc16(frame[6:-6]),
}

if __name__ == "__main__":
    sys.exit(main())
