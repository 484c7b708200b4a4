"""Words that know both languages: every text that a reading may quote has its English, and codes have their words."""

from __future__ import annotations

import ast
import copy
import pickle
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest

import bilan
from bilan.evaluate.air.indicators import AIR
from bilan.evaluate.air.periods import KINDS, regime_name
from bilan.evaluate.reading import citation, resting_on
from bilan.evaluate.told import tell
from bilan.evaluate.water import indicators as water
from bilan.evaluate.water.classes import evaluated
from bilan.evaluate.water.items import items
from bilan.policy import indicators, units
from bilan.policy.standards import StandardTable, regimes, standard_tables
from bilan.policy.statistics import formulas, reportables
from bilan.policy.texts import texts, unit_printed
from bilan.policy.told import Joined, Measured, Quoted, Told, in_language

from .english import chinese

SOURCE = Path(bilan.__file__).parent
TABLES = ("reading_texts.csv", "known_texts.csv", "diff_texts.csv")
JUDGING = (*KINDS, "air.shares", "air.iaqi", "air.report", "air.rules", "air.limits", *water._TABLES)


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


@pytest.mark.parametrize("name", TABLES)
def test_both_languages_have_the_same_places(name: str) -> None:
    rows = texts(name)
    assert {code for code, row in rows.items() if places(row["zh"]) != places(row["en"])} == set()
    assert {code for code, row in rows.items() if not row["en"].strip() or chinese(row["en"])} == set()
    assert len((SOURCE / "policy" / name).read_text(encoding="utf-8").splitlines()) - 1 == len(rows)


def codes_told() -> Iterator[tuple[str, str]]:
    """Every code that is written in a call of ``tell``, or as the code of a method, with its file."""
    for folder in ("evaluate", "board"):
        for path in (SOURCE / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tell":
                    for part in ast.walk(node.args[0]):
                        if isinstance(part, ast.Constant) and "." in str(part.value).rstrip("."):
                            yield str(part.value), path.name


def test_every_code_that_is_told_has_words() -> None:
    told = {code for code, _ in codes_told()} | {method.told for method in AIR.values()}
    told |= {code for _, code in water.WATER.values()}
    assert len(told) > 60
    assert told - texts("reading_texts.csv").keys() == set()


@pytest.mark.parametrize(
    "table", [table for kind in dict.fromkeys(JUDGING) for table in standard_tables(kind)], ids=lambda table: table.name
)
def test_a_standard_is_cited_in_both_languages(table: StandardTable) -> None:
    said = resting_on([table])
    assert citation(table) == table.citation
    assert said["standards"] == (f"{table.citation}：{table.title}",)
    assert said["unverified"] == table.doubts
    assert [chinese(one.en) for one in (*said["standards"], *said["unverified"]) if chinese(one.en)] == []


def test_regimes_are_named_in_both_languages() -> None:
    for regime in regimes(KINDS, date(2013, 1, 1), date(2031, 12, 31)):
        assert chinese(Quoted(regime_name(regime)).en) == []
    assert Quoted("GB 3095-2026、HJ 663-2026（2026-03-01 起）").en == "GB 3095-2026, HJ 663-2026 (from 2026-03-01)"


def test_formulas_and_methods_are_known_in_english() -> None:
    quoted = [text for known in formulas().values() for one in known for text in (one.statement, one.source)]
    quoted += [one.name for one in reportables().values()] + [one.standard for one in indicators() if one.standard]
    quoted += [items()[key].name for way in ("auto", "manual") for key in evaluated(way)]
    assert {text for text in quoted if chinese(Quoted(text).en)} == set()


@pytest.mark.parametrize(
    ("reason", "english"),
    [
        ("缺 PM2.5、O3", "missing: PM2.5, O3"),
        ("缺 O3，不报 AQI", "missing: O3; no AQI is reported"),
        (
            "缺 O3-1h（O3-8h 高于 800），其余项目的 AQI 不大于 200，按 HJ 633-2026 5.3.1 不报 AQI",
            "missing: O3-1h (O3-8h above 800); the AQI of the others is at most 200, and by HJ 633-2026 5.3.1 none is "
            "reported",
        ),
        (
            "缺 PM10；SO2 未监测（4.2，未核实三年历史）",
            "missing: PM10; SO2 not monitored (4.2; the history of three years was not verified)",
        ),
        ("无有效值：氨氮（1 个，至少 3 个）", "no valid value: ammonia nitrogen (values: 1, at least 3 needed)"),
        (
            "未测总磷、氨氮，按其余项目评价；溶解氧按饱和率 90 % 判为Ⅰ类",
            "not measured: total phosphorus, ammonia nitrogen; judged by the other items; dissolved oxygen is of class "
            "Ⅰ by a saturation of 90 %",
        ),
        (
            "有类别的断面不足全部断面的 75%（没有参评项目的数据）",
            "fewer than 75% of all sections have a class (no data of the items that are judged)",
        ),
        (
            "未报送统计数；不能按分项计算，缺 森林面积（2025）",
            "no figure was reported; it cannot be computed from its parts, missing: Forest area (2025)",
        ),
    ],
)
def test_what_an_engine_says_is_known_again(reason: str, english: str) -> None:
    assert Quoted(reason) == reason
    assert Quoted(reason).en == english


def test_units_that_plans_write_are_printed_in_english() -> None:
    written = {*units(), *(one.unit for one in indicators()), *(one.unit for one in reportables().values())}
    written |= {f"万{unit}" for unit in ("平方公里", "平方米", "立方米", "吨", "亩", "元", "千瓦", "人")}
    assert {unit for unit in written if chinese(unit_printed(unit, "en"))} == set()
    assert [unit_printed("平方公里", one) for one in ("zh", "en")] == ["平方公里", "km²"]


def test_a_name_stays_as_it_is() -> None:
    assert Quoted("清河市").en == "清河市"
    assert tell("step.of", name="清河市", value=Decimal("35.30")).en == "清河市: 35.30"


def test_a_copy_knows_its_english() -> None:
    for one in (
        tell("reason.few_days", items=["O3", "CO"], standard=Quoted("HJ 663-2026"), clause=Quoted("表4")),
        Joined(Quoted("表1"), " ", "b"),
        Measured("3 亩", "3", "亩"),
    ):
        for copied in (copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
            assert isinstance(copied, Told)
            assert (copied, copied.en) == (one, one.en)
            assert chinese(copied.en) == []


def test_a_code_without_words_is_an_error() -> None:
    with pytest.raises(KeyError):
        tell("step.unheard_of")
    with pytest.raises(KeyError):
        tell("step.rounded")
    assert in_language("text", "en") == "text"
