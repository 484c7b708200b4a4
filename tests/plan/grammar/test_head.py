"""What a plan says about itself."""

from __future__ import annotations

import pytest

from bilan.plan.grammar.head import Head, read_head
from bilan.plan.grammar.regions import PlanRegion, plan_region, scope_region

from ..plans import compiled

BODY = "\n一、总体要求\n改善环境。\n二、任务\n(一)疏浚河道\n清淤(市水务局负责)。"
NOTICE = (
    "青屿市人民政府文件\n青政发〔2026〕12号\n青屿市人民政府关于印发青屿市净土行动方案(2026-2028年)的通知\n"
    "各县(区)人民政府:\n现将《青屿市净土行动方案(2026-2028年)》印发给你们,请认真组织实施。\n"
    "青屿市人民政府\n2026年4月9日\n青屿市净土行动方案(2026-2028年)\n"
    "为落实《云江省净土行动方案》(云政发〔2025〕8号)和《中共云江省委关于建设美丽云江的意见》,制定本方案。"
)


def head(top: str, **options: str) -> Head:
    return read_head(top + BODY, len(top) + 1, **options)


def test_a_notice_in_full() -> None:
    found = head(NOTICE)
    assert found.title == "青屿市净土行动方案(2026-2028年)"
    assert found.number == "青政发〔2026〕12号"
    assert found.issuer == "青屿市人民政府"
    assert (found.issued, found.issued_year) == ("2026-04-09", 2026)
    assert (found.period, found.due, found.year) == ("2026/2028", "2028", None)
    assert found.superior == ["云江省净土行动方案", "中共云江省委关于建设美丽云江的意见"]


@pytest.mark.parametrize(
    ("top", "title"),
    [
        ("青屿市净水三年行动方案", "青屿市净水三年行动方案"),
        ("青屿市水生态环境保护\n“十五五”规划", "青屿市水生态环境保护“十五五”规划"),
        ("青屿市人民政府关于印发《青屿市净水方案》的通知", "青屿市净水方案"),
        ("青屿市噪声污染防治行动计划(征求意见稿)", "青屿市噪声污染防治行动计划(征求意见稿)"),
        ("现将《青屿市净水方案》印发给你们。", "青屿市净水方案"),
    ],
)
def test_title(top: str, title: str) -> None:
    assert head(top).title == title


@pytest.mark.parametrize(
    ("top", "issued"),
    [
        ("青屿市净水方案\n2026年4月9日", "2026-04-09"),
        ("青屿市净水方案\n二〇二六年四月九日", "2026-04-09"),
        ("青屿市净水方案\n二〇二六年十二月三十一日", "2026-12-31"),
        ("青屿市净水方案\n二〇二六年四月", "2026-04"),
        ("青屿市净水方案\n2026年2月30日", None),
        ("青屿市净水方案\n二〇二六年十三月", None),
        ("青屿市净水方案", None),
    ],
)
def test_day_of_issue(top: str, issued: str | None) -> None:
    assert head(top).issued == issued


@pytest.mark.parametrize(
    ("title", "period", "due", "year"),
    [
        ("青屿市净水方案(2026-2028年)", "2026/2028", "2028", None),
        ("青屿市净水方案(2026~2028年)", "2026/2028", "2028", None),
        ("青屿市“十五五”生态环境保护规划", "2026/2030", "2030", None),
        ("青屿市2027年净水工作要点", "2027", "2027", 2027),
        ("青屿市2027年度污染防治工作计划", "2027", "2027", 2027),
        ("青屿市净水方案", None, None, None),
    ],
)
def test_period(title: str, period: str | None, due: str | None, year: int | None) -> None:
    found = head(title)
    assert (found.period, found.due, found.year) == (period, due, year)


def test_the_term_in_the_text_gives_the_period() -> None:
    text = "青屿市净水规划\n一、总则\n本规划期限为2026-2035年。\n二、任务\n疏浚。"
    found = read_head(text, text.index("一、"))
    assert (found.period, found.due) == ("2026/2035", "2035")


def test_a_day_of_issue_from_the_caller_is_checked() -> None:
    with pytest.raises(ValueError, match="issued must be a day"):
        compiled("青屿市净水方案", issued="2026-02-30")


def test_of_several_issuers_the_first_counts() -> None:
    found = head("青屿市净水方案\n青屿市生态环境局\n青屿市水务局\n2026年4月9日")
    assert found.issuer == "青屿市生态环境局"


def test_the_number_of_another_document_is_not_its_own() -> None:
    found = head("青屿市净水方案\n根据《云江省净水方案》(云政发〔2025〕8号),制定本方案。")
    assert found.number is None


def test_what_the_caller_knows_wins() -> None:
    plan = compiled(NOTICE + BODY, title="青屿市净土2029年方案", issued="2029-01-02", region="清河市")
    assert (plan.plan.title, plan.plan.issued) == ("青屿市净土2029年方案", "2029-01-02")
    assert (plan.plan.region, plan.plan.region_name) == ("990100", "清河市")


def test_the_head_of_a_compiled_plan() -> None:
    info = compiled(NOTICE + BODY).plan
    assert (info.title, info.document_number, info.issuer, info.issued, info.period) == (
        "青屿市净土行动方案(2026-2028年)",
        "青政发〔2026〕12号",
        "青屿市人民政府",
        "2026-04-09",
        "2026/2028",
    )


# --- regions ----------------------------------------------------------------------------------------------------------

CITY = PlanRegion("990100", "清河市", "市")


@pytest.mark.parametrize(
    ("title", "text", "found"),
    [
        ("清河市净水方案", "", CITY),
        ("中共清河市委关于净水的意见", "", CITY),
        ("印发清河市净水方案", "", CITY),
        ("青屿市净水方案", "", PlanRegion(None, "青屿市", "市")),
        ("净水方案", "清河市要治水。清河市要治气。", CITY),
        ("净水方案", "加强巡查。", PlanRegion(None, None, None)),
        ("XX县净水方案", "", PlanRegion(None, "XX县", "县")),
    ],
)
def test_the_region_of_a_plan(title: str, text: str, found: PlanRegion) -> None:
    assert plan_region(title, text) == found


@pytest.mark.parametrize(
    ("scope", "region"),
    [
        (None, "990100"),
        ("全市", "990100"),
        ("辖区", "990100"),
        ("每个县", "990100"),
        ("临江区", "990102"),
        ("火星湾", "990100"),
    ],
)
def test_the_region_of_a_scope(scope: str | None, region: str) -> None:
    assert scope_region(scope, CITY) == region
