"""Templates: nothing inline that the security policy refuses, and no Chinese without its English."""

from __future__ import annotations

import gettext
import io
import re
from pathlib import Path

import pytest

from bilan.portal import core
from bilan.portal.core.catalogue import CatalogueError, catalogues, compiled, read

CORE = Path(core.__file__).parent
TEMPLATES = sorted((CORE / "templates").rglob("*.html"))
SPOKEN = [path for path in TEMPLATES if path.name != "styleguide.html"]  # samples of the style page are in Chinese
CHINESE = re.compile(r"[\u4e00-\u9fff（）：，。]+")
TRANSLATE = re.compile(r'{% translate "([^"]+)"(?: as \w+)? %}')
BLOCK = re.compile(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", re.S)
LANGUAGE_NAME = ">中文</button>"  # is called so in every language


def _texts(path: Path) -> list[str]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return re.findall(r'\b_\("([^"]+)"\)', source)
    blocks = [re.sub(r"{{ (\w+) }}", r"%(\1)s", text.replace("%", "%%")) for text in BLOCK.findall(source)]
    return TRANSLATE.findall(source) + blocks


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_nothing_inline(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:|hx-on|https?://", source)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))


@pytest.mark.parametrize("path", SPOKEN, ids=lambda path: path.name)
def test_no_chinese_without_translation(path: Path) -> None:
    source = path.read_text(encoding="utf-8").replace(LANGUAGE_NAME, "")
    rest = BLOCK.sub("", TRANSLATE.sub("", source))
    assert CHINESE.findall(rest) == []


def test_every_text_has_its_english() -> None:
    english = read(CORE / "locale" / "en" / "LC_MESSAGES" / "django.po")
    texts = {text for path in [*SPOKEN, *CORE.rglob("*.py")] for text in _texts(path)}
    assert texts - english.keys() == set()
    assert english.keys() - texts == set()
    for text, translated in english.items():
        assert sorted(re.findall(r"%\(\w+\)s", text)) == sorted(re.findall(r"%\(\w+\)s", translated))


@pytest.mark.parametrize("po", catalogues(), ids=lambda po: po.parents[3].name)
def test_compiled_catalogues_are_those_of_the_sources(po: Path) -> None:
    assert po.with_suffix(".mo").read_bytes() == compiled(read(po))


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('msgid "甲"\nmsgstr "a"\n\nmsgid "甲"\nmsgstr "b"\n', "第 4 行"),
        ('msgid "甲"\nmsgid_plural "乙"\n', "第 2 行"),
    ],
)
def test_a_broken_catalogue_names_the_line(tmp_path: Path, lines: str, told: str) -> None:
    po = tmp_path / "django.po"
    po.write_text(lines, encoding="utf-8")
    with pytest.raises(CatalogueError, match=told):
        read(po)


def test_a_word_with_two_meanings_is_told_apart_by_its_context(tmp_path: Path) -> None:
    po = tmp_path / "django.po"
    po.write_text('msgid "甲"\nmsgstr "a"\n\nmsgctxt "另"\nmsgid "甲"\nmsgstr "b"\n', encoding="utf-8")
    spoken = gettext.GNUTranslations(io.BytesIO(compiled(read(po))))
    assert (spoken.gettext("甲"), spoken.pgettext("另", "甲"), spoken.pgettext("第三", "甲")) == ("a", "b", "甲")


def test_every_icon_is_used_and_the_frame_asks_for_nothing_that_no_view_gives() -> None:
    from bilan.portal.core.templatetags.icons import _ICONS

    portal = CORE.parent
    pages = "".join(path.read_text(encoding="utf-8") for path in portal.rglob("*.html"))
    code = "".join(path.read_text(encoding="utf-8") for path in portal.rglob("*.py"))
    assert [name for name in _ICONS if f'icon "{name}"' not in pages] == []
    frame = (CORE / "templates/core/base.html").read_text(encoding="utf-8")
    asked = set(re.findall(r"{% (?:if|elif) (\w+)", frame)) - {"user", "messages", "message", "crumb", "item"}
    assert [name for name in asked if f'"{name}"' not in code and f"{name}=" not in code] == []
