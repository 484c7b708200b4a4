"""Every text of the site that goes through a translation has its English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

APPS = Path(__file__).parents[2] / "src/bilan/portal"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
IN_PYTHON = re.compile(r'\b_\(\s*"((?:[^"\\]|\\.)*)"\s*\)')
IN_TEMPLATE = re.compile(r'{% translate "([^"]*)"')
BLOCK = re.compile(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", re.DOTALL)


def texts(app: str) -> set[str]:
    """The texts of an app that are translated, as the catalogue knows them."""
    found: set[str] = set()
    for path in (APPS / app).rglob("*.py"):
        found.update(IN_PYTHON.findall(path.read_text(encoding="utf-8")))
    for path in (APPS / app).rglob("*.html"):
        template = path.read_text(encoding="utf-8")
        found.update(IN_TEMPLATE.findall(template))
        found.update(re.sub(r"{{ (\w+) }}", r"%(\1)s", text) for text in BLOCK.findall(template))
    return {text for text in found if CHINESE.search(text)}


@pytest.mark.parametrize("app", ["people", "rights", "audit", "jobs", "files"])
def test_every_text_has_its_english(app: str) -> None:
    found = texts(app)
    assert len(found) > 10
    with translation.override("en"):
        assert sorted(text for text in found if CHINESE.search(translation.gettext(text))) == []


@pytest.mark.parametrize("app", ["people", "rights", "audit", "jobs", "files"])
def test_templates_say_nothing_in_chinese_past_the_translation(app: str) -> None:
    for path in (APPS / app).rglob("*.html"):
        bare = BLOCK.sub("", path.read_text(encoding="utf-8"))
        bare = re.sub(r"{%.*?%}|{#.*?#}", "", bare)
        assert CHINESE.findall(bare) == [], path.name
