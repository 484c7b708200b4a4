"""The five answers can be told apart by people who lack one kind of cone.

Machado, Oliveira and Fernandes (2009), A Physiologically-based Model for Simulation of Color Vision Deficiency: the
matrices for complete deficiency, in linear RGB. Distance: CIE 1976 in L*a*b* (D65); about 2.3 can just be seen.
"""

from __future__ import annotations

from itertools import combinations
from math import dist

import pytest

from bilan.board.status import STATUSES
from bilan.publish.charts_words import colour

Vector = tuple[float, float, float]

MATRICES: dict[str, tuple[Vector, Vector, Vector]] = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)


def times(matrix: tuple[Vector, Vector, Vector], vector: Vector) -> Vector:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def linear(code: str) -> Vector:
    parts = [part / 255 for part in bytes.fromhex(code[1:])]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def lab(rgb: Vector) -> Vector:
    ratios = [value / white for value, white in zip(times(TO_XYZ, rgb), WHITE, strict=True)]
    x, y, z = (ratio ** (1 / 3) if ratio > 216 / 24389 else (24389 / 27 * ratio + 16) / 116 for ratio in ratios)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def test_the_conversion() -> None:
    assert lab(linear("#ffffff")) == pytest.approx((100, 0, 0), abs=0.02)
    assert lab(linear("#ff0000")) == pytest.approx((53.24, 80.09, 67.20), abs=0.1)


@pytest.mark.parametrize("sight", MATRICES)
def test_the_five_answers_can_be_told_apart(sight: str) -> None:
    seen = {}
    for status in STATUSES:
        red, green, blue = (
            min(1.0, max(0.0, part)) for part in times(MATRICES[sight], linear(colour(f"status.{status}")))
        )
        seen[status] = lab((red, green, blue))
    near = {(one, other): round(dist(seen[one], seen[other])) for one, other in combinations(STATUSES, 2)}
    assert min(near.values()) >= 20, near
