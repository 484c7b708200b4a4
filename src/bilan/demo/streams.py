"""Random numbers of the demo city: every year and subject has a stream of its own, so values depend on no span."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_REACH = 5  # times the memory, after which less than a hundredth is remembered


def stream(seed: int, year: int, subject: str) -> np.random.Generator:
    """Return the random numbers of ``subject`` in ``year``: the same whatever else is drawn.

    >>> bool(stream(1, 2025, "air").normal() == stream(1, 2025, "air").normal())
    True
    """
    return np.random.default_rng((seed, year, crc32(subject.encode())))


def wandering(random: np.random.Generator, rows: int, steps: int, memory: float) -> Floats:
    """Return ``rows`` series of ``steps`` values about zero with deviation one that forget within ``memory`` steps.

    >>> series = wandering(np.random.default_rng(1), 2, 5000, 24.0)
    >>> series.shape, bool(abs(series.std() - 1) < 0.2)
    ((2, 5000), True)
    """
    kernel = np.exp(-np.arange(int(_REACH * memory) + 1) / memory)
    kernel /= np.sqrt((kernel**2).sum())
    noise = random.normal(size=(rows, steps + len(kernel) - 1))
    return np.stack([np.convolve(row, kernel, mode="valid") for row in noise])


def pulses(random: np.random.Generator, chances: Floats, days: tuple[float, float]) -> Floats:
    """Return events hour by hour: 0 without one, rising to about 1 within it.

    ``chances`` is the probability that an event begins in each hour, ``days`` the least and the most that it lasts. An
    event builds up slowly and ends fast, as a front does away with stagnant air; where two meet the stronger counts.
    """
    found = np.zeros(len(chances))
    starts: list[int] = np.flatnonzero(random.random(len(chances)) < chances).tolist()
    for start in starts:
        length = int(24 * random.uniform(*days))
        strength = random.uniform(0.6, 1.1)
        shape = np.minimum(np.linspace(0, 1.4, length), np.linspace(1, 0, length) * 6).clip(0, 1) * strength
        end = min(start + length, len(found))
        found[start:end] = np.maximum(found[start:end], shape[: end - start])
    return found
