"""Colours: the answers look as the policy has them, both themes are readable, and dark is one theme however chosen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bilan.board.looks import status_looks
from bilan.portal import core
from bilan.publish.charts_words import colour, contrast

STATIC = Path(core.__file__).parent / "static" / "core"
TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")
TEXT, LARGE = 4.5, 3.0  # WCAG 2.1, 1.4.3 and 1.4.11
KINDS = ("target", "task", "measure", "project", "duty")

# what is read on what
PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "ink-2") for ground in ("paper", "surface", "sunken", "raised")],
    *[(ink, ground, TEXT) for ink in ("link", "link-hover", "danger") for ground in ("paper", "surface", "raised")],
    *[(f"{status.replace('_', '-')}-ink", f"{status.replace('_', '-')}-fill", TEXT) for status in status_looks()],
    *[(f"{status}-ink", "surface", TEXT) for status in ("met", "missed")],
    *[(f"{kind}-ink", f"{kind}-fill", LARGE) for kind in KINDS],
    *[("ink", f"{kind}-fill", TEXT) for kind in KINDS],
    *[("surface", f"{kind}-ink", TEXT) for kind in KINDS],
    ("on-brand", "brand", TEXT),
    ("ink", "brand-soft", TEXT),
    ("ink-2", "brand-soft", TEXT),
    ("brand", "surface", LARGE),
    ("simulated-ink", "simulated-fill", TEXT),
    ("line-strong", "surface", LARGE),
    ("line-strong", "paper", LARGE),
    ("focus", "surface", LARGE),
    ("focus", "paper", LARGE),
    ("brand", "line", LARGE),
]


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


LIGHT = _tokens(TOKENS[TOKENS.index(":root {") : TOKENS.index("@media")])
SYSTEM_DARK = _tokens(
    TOKENS[TOKENS.index(':root:not([data-theme="light"])') : TOKENS.index(':root[data-theme="dark"]')]
)
CHOSEN_DARK = _tokens(TOKENS[TOKENS.index(':root[data-theme="dark"]') :])


@pytest.mark.parametrize("status", status_looks())
def test_answers_look_as_the_policy_has_them(status: str) -> None:
    look, name = status_looks()[status], status.replace("_", "-")
    assert LIGHT[f"{name}-ink"] == f"#{look.ink.lower()}"
    assert LIGHT[f"{name}-fill"] == f"#{look.fill.lower()}"
    assert LIGHT[f"{name}-bar"] == colour(f"status.{status}")


def test_dark_is_the_same_however_it_was_chosen() -> None:
    assert SYSTEM_DARK == CHOSEN_DARK
    bars = {name for name in LIGHT if name.endswith("-bar")}
    assert LIGHT.keys() - bars <= CHOSEN_DARK.keys() <= LIGHT.keys()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_contrast(theme: str, ink: str, ground: str, least: float) -> None:
    tokens = LIGHT if theme == "light" else CHOSEN_DARK
    assert contrast(tokens[ink], tokens[ground]) >= least


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_any_rule_writes_on_a_ground_of_its_own_is_readable(theme: str) -> None:
    tokens, found = LIGHT if theme == "light" else CHOSEN_DARK, {}
    for sheet in STATIC.parents[2].glob("*/static/*/*.css"):
        for rule, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet.read_text(encoding="utf-8")):
            ink, ground = (re.search(rf"(?<![-\w]){one}: var\(--([\w-]+)\)", body) for one in ("color", "background"))
            if ink and ground:
                found[rule.strip()] = contrast(tokens[ink[1]], tokens[ground[1]])
    assert len(found) > 20
    assert {rule: got for rule, got in found.items() if got < TEXT} == {}


def test_every_colour_that_charts_use_has_a_dark_one() -> None:
    dark = (STATIC / "charts.js").read_text(encoding="utf-8")
    roles = ("figure", "course", "limit", "outcome", "short", "spare", "none", "text", "faint", "grid")
    assert [role for role in roles if f'"{colour(f"role.{role}")}":' not in dark] == []


def test_styles_use_only_tokens_that_exist() -> None:
    defined = set(re.findall(r"(--[\w-]+):", TOKENS))
    used = {name for file in STATIC.glob("*.css") for name in re.findall(r"var\((--[\w-]+)", file.read_text("utf-8"))}
    assert used <= defined
