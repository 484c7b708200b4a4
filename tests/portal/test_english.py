"""Every text of the site that goes through a translation has its English, and each word one only."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bilan.portal.core.catalogue import CONTEXT_ENDS, catalogues, read

PORTAL = Path(__file__).parents[2] / "src/bilan/portal"
APPS = ["people", "rights", "audit", "jobs", "files", "plans", "board", "core"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TRANSLATE = re.compile(r'{% translate "([^"]*)"([^%]*)%}|\b_\("([^"]*)"\)')
BLOCK = re.compile(r"{% blocktranslate([^%]*)%}(.*?){% endblocktranslate %}", re.DOTALL)
CONTEXT = re.compile(r'\bcontext "([^"]*)"')
# function of Django -> the place of its context, of its text
MEANS = {
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"), (None, 0)),
    **dict.fromkeys(("pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"), (0, 1)),
}


def key(context: str, text: str) -> str:
    return f"{context}{CONTEXT_ENDS}{text}" if context else text


def of_python(source: str) -> Iterator[str]:
    """The texts that are given to a function of Django's translation, whatever it is called there."""
    tree = ast.parse(source)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = [one for node in imports if node.module == "django.utils.translation" for one in node.names]
    means = {one.asname or one.name: MEANS[one.name] for one in names if one.name in MEANS}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in means:
            said = [one.value if isinstance(one, ast.Constant) else None for one in node.args]
            at, place = means[node.func.id]
            if isinstance(said[place], str):
                yield key("" if at is None else str(said[at]), said[place])


def of_template(source: str) -> Iterator[str]:
    """The texts of the tags and of ``_("…")`` among their arguments."""
    for text, options, argument in TRANSLATE.findall(source):
        yield key("".join(CONTEXT.findall(options)), text or argument)
    for options, text in BLOCK.findall(source):
        said = re.sub(r"{{ (\w+) }}", r"%(\1)s", text.replace("%", "%%"))
        trimmed = " ".join(line.strip() for line in said.strip().splitlines())
        yield key("".join(CONTEXT.findall(options)), trimmed if "trimmed" in options.split() else said)


def texts(app: str) -> set[str]:
    """The texts of an app that are translated, as the catalogue knows them.

    Samples of the style page are in Chinese.
    """
    found: set[str] = set()
    for ending, of in ((".py", of_python), (".html", of_template)):
        paths = [path for path in (PORTAL / app).rglob(f"*{ending}") if not path.stem.startswith("styleguide")]
        found.update(text for path in paths for text in of(path.read_text(encoding="utf-8")))
    return {text for text in found if CHINESE.search(text)}


@cache
def english() -> dict[str, dict[str, str]]:
    """Text -> app -> translation."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for po in catalogues():
        for text, said in read(po).items():
            found[text][po.parents[3].name] = said
    return found


@pytest.mark.parametrize("app", APPS)
def test_every_text_has_its_english(app: str) -> None:
    found = texts(app)
    assert len(found) > 10
    assert sorted(text for text in found if text not in english()) == []


def test_no_word_has_two_meanings() -> None:
    """The app that is installed first would speak for all; where both are right one of them has a context."""
    assert {text for text, said in english().items() if len(set(said.values())) > 1} == set()


def test_calls_are_found_under_any_name() -> None:
    source = """
from django.utils.translation import gettext as _, gettext_lazy, pgettext, pgettext_lazy as _p
_("一" "二"); gettext_lazy("三"); pgettext("用", "四"); _p("用", "五"); _(name); other("六")
"""
    assert list(of_python(source)) == ["一二", "三", "用\x04四", "用\x04五"]
    page = '{% translate "一" context "用" as x %}{% f _("二") %}'
    page += '{% blocktranslate context "用" %}三{{ n }}{% endblocktranslate %}'
    assert list(of_template(page)) == ["用\x04一", "二", "用\x04三%(n)s"]


@pytest.mark.parametrize("app", ["people", "rights", "audit", "jobs", "files"])
def test_templates_say_nothing_in_chinese_past_the_translation(app: str) -> None:
    for path in (PORTAL / app).rglob("*.html"):
        bare = BLOCK.sub("", path.read_text(encoding="utf-8"))
        bare = re.sub(r"{%.*?%}|{#.*?#}", "", bare)
        assert CHINESE.findall(bare) == [], path.name
