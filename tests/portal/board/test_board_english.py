"""In English nothing but names and words of the plan, and what people wrote, is Chinese."""

from __future__ import annotations

import ast
import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

BOARD = Path(__file__).parents[3] / "src/bilan/portal/board"
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_TRANSLATE = re.compile(r'{% translate "([^"]*)"')
_BLOCK = re.compile(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", re.DOTALL)
_PAGES = ["/", "/board/", "/targets/", "/public/"]
_PARTS = ["", "proof/", "data/"]


def called(tree: ast.AST) -> set[str]:
    """The texts that go through a translation."""
    calls = (
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "_lazy")
    )
    return {node.args[0].value for node in calls if isinstance(node.args[0], ast.Constant)}


def texts() -> set[str]:
    found: set[str] = set()
    for path in BOARD.rglob("*.py"):
        found |= called(ast.parse(path.read_text(encoding="utf-8")))
    for path in BOARD.rglob("*.html"):
        template = path.read_text(encoding="utf-8")
        found.update(_TRANSLATE.findall(template))
        found.update(re.sub(r"{{ (\w+) }}", r"%(\1)s", text) for text in _BLOCK.findall(template))
    return {text for text in found if CHINESE.search(text)}


def test_every_text_has_its_english() -> None:
    assert len(texts()) > 150
    with translation.override("en"):
        assert sorted(text for text in texts() if CHINESE.search(translation.gettext(text))) == []


def test_templates_say_nothing_in_chinese_past_the_translation() -> None:
    for path in BOARD.rglob("*.html"):
        bare = re.sub(r"{%.*?%}|{#.*?#}", "", _BLOCK.sub("", path.read_text(encoding="utf-8")))
        assert CHINESE.findall(bare) == [], path.name


@pytest.fixture
def client(site: Any) -> Any:
    made = site.client_of("plan_office")
    made.cookies["bilan-language"] = "en"
    return made


def told(site: Any, page: str) -> list[str]:
    """What is Chinese in the page, without what the plan, the data and people say."""
    from bilan.policy import regions
    from bilan.portal.people.models import Region, Unit, User

    said = [site.plan.current.compiled, *Region.objects.values_list("name", flat=True)]
    said += [*Unit.objects.values_list("name", flat=True), *User.objects.values_list("name", flat=True)]
    said += ["甲站", "乙站", "林业年报", "市林业局", "林业.csv", "中文", "碧蓝"]
    said += [one.name for one in regions()]
    every = "\n".join(said)
    page = re.sub(r'<ol class="chain">.*?</ol>', "", page, flags=re.DOTALL)  # quotes methods and standards
    words = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]*lang=\"zh[^>]*>[^<]*<", "", page, flags=re.DOTALL)
    return [one for one in CHINESE.findall(html.unescape(words)) if one not in every]


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*_PAGES, *(f"/targets/qinghe/t{n}/{part}" for n in (1, 2, 3) for part in _PARTS)])
def test_pages_are_english(site: Any, client: Any, address: str) -> None:
    page = client.get(address, {"as_of": "2026-03-31"}).content.decode()
    assert told(site, page) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/targets/board.csv", "/targets/qinghe/t1/chart/trajectory.json", "/targets/qinghe/t1/chart/ranking.json"],
)
def test_files_are_english(site: Any, client: Any, address: str) -> None:
    assert told(site, client.get(address, {"as_of": "2026-03-31"}).content.decode()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "entered",
    [
        {"what": "figure", "value": "many"},
        {"what": "milestone", "value": "3", "year": "next"},
        {"what": "judgement", "status": ""},
        {"what": "judgement", "status": "met", "year": "2026-05"},
        {"what": "figure", "value": "3", "reason": ""},
        {"what": "figure", "value": "3", "on": "2999-01-01"},
    ],
)
def test_refusals_are_english(site: Any, client: Any, entered: dict[str, str]) -> None:
    plain = {"what": "", "status": "", "value": "", "year": "", "reason": "report", "on": "2026-03-01"}
    data = {f"entry-{name}": value for name, value in (plain | entered).items()}
    page = client.post(f"{site.target(3, 'entries/')}?region=990100&as_of=2026-03-31", data).content.decode()
    assert "error-summary" in page
    assert told(site, page) == []


@pytest.mark.django_db
@pytest.mark.parametrize("query", [{"as_of": "nonsense"}, {"as_of": "2999-01-01"}, {"status": "missed", "q": "abc"}])
def test_what_stands_in_the_way_is_english(site: Any, client: Any, query: dict[str, str]) -> None:
    assert told(site, client.get("/", query).content.decode()) == []


def test_an_english_board_is_headed_in_english(site: Any) -> None:
    client = site.client_of("leader")
    client.cookies["bilan-language"] = "en"
    for address, head in (("/", "Board"), ("/targets/", "All targets")):
        page = client.get(address, {"as_of": "2026-03-31"}).content.decode()
        assert f"<h1>{head}</h1>" in page
        assert '<p class="which" lang="zh-Hans">清河市试验计划</p>' in page
