"""Surface water from the lake: sections, cities, rivers and basins by period, and the readings made of them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from bilan import cli
from bilan.evaluate import places
from bilan.evaluate.engine import connect
from bilan.evaluate.indicators import reading
from bilan.evaluate.water.lake import WaterQuestion, groups, sections, sections_over
from bilan.observe import Lake
from bilan.observe.lake_schema import INCOMING, STATIONS
from bilan.periods import Period

from ...policy.english import chinese

BEIJING = timezone(timedelta(hours=8))
CODES = {"ph": "w01001", "do": "w01009", "codmn": "w01019", "nh3n": "w21003", "tp": "w21011"}
CLEAN = {"ph": 7.5, "do": 8.0, "codmn": 2.0, "nh3n": 0.1, "tp": 0.05}
CITY, DISTRICT = "990100", "990102"

Sample = tuple[str, date, Mapping[str, float | None]]


def add(lake: Lake, samples: Iterable[Sample], *, received: datetime = datetime(2025, 2, 1, tzinfo=UTC)) -> None:
    """Noon samples of sections, mg/L."""
    rows = [
        {
            "station": section,
            "parameter": CODES[item],
            "statistic": "value",
            "seconds": 0,
            "time": datetime(day.year, day.month, day.day, 12, tzinfo=BEIJING).astimezone(UTC),
            "value": value,
            "unit": "" if item == "ph" else "mg/L",
            "flag": None,
            "state": None,
            "source": "table",
            "source_ref": "f",
            "source_line": line,
        }
        for line, (section, day, values) in enumerate(samples, 2)
        for item, value in values.items()
    ]
    lake.add([pa.Table.from_pylist(rows, schema=INCOMING)], batch=received.isoformat(), received_at=received)


def make(path: Path, names: Iterable[str], samples: Iterable[Sample], kinds: dict[str, str] | None = None) -> Lake:
    """Sections of 清河, all rivers but those that ``kinds`` says otherwise."""
    lake = Lake(path)
    stations = [
        {
            "id": name,
            "name": f"{name}断面",
            "medium": "surface_water",
            "kind": (kinds or {}).get(name, "river"),
            "region": DISTRICT,
            "attributes": [("river", "清河"), ("basin", "云江流域")],
        }
        for name in names
    ]
    lake.add_stations(pa.Table.from_pylist(stations, schema=STATIONS))
    add(lake, samples)
    return lake


def monthly(section: str, values: dict[str, float], months: Iterable[int] = range(1, 13)) -> list[Sample]:
    return [(section, date(2024, month, 5), values) for month in months]


def asked(lake: Lake, **options: Any) -> WaterQuestion:
    return WaterQuestion(lake, connect(), **options)


YEAR = (date(2024, 1, 1), date(2024, 12, 31))


def test_the_class_of_a_section_by_its_mean(tmp_path: Path) -> None:
    """Phosphorus 0.05 and 0.25 have the mean 0.15: class Ⅲ of rivers (0.2), Ⅴ of lakes (0.1 < 0.15 <= 0.2)."""
    samples = [
        (name, date(2024, 5, day), CLEAN | {"tp": value})
        for name in ("a", "b", "c")
        for day, value in ((3, 0.05), (20, 0.25))
    ]
    lake = make(tmp_path / "lake", "abc", samples, {"b": "lake", "c": "outlet"})
    found = {row["station"]: row for row in sections(asked(lake), "month", *YEAR).to_pylist()}
    assert (found["a"]["class"], found["a"]["tp"], found["a"]["count_tp"]) == ("Ⅲ", 0.15, 2)
    assert (found["b"]["class"], found["b"]["deciding_items"]) == ("Ⅴ", "总磷")
    assert found["c"]["class"] is None
    assert found["c"]["reason"] == "未注明河流或湖库：按河流为Ⅲ，按湖库为Ⅴ"
    assert {row["period"] for row in found.values()} == {"2024-05"}


def test_a_day_with_a_withheld_item_has_no_class_and_one_without_the_item_has(tmp_path: Path) -> None:
    """The item is among the observations without a value: withheld; it is not among them: not measured there."""
    unmeasured = {key: value for key, value in CLEAN.items() if key != "tp"}
    samples: list[Sample] = [("a", date(2024, 5, 3), {**CLEAN, "tp": None}), ("b", date(2024, 5, 3), unmeasured)]
    lake = make(tmp_path / "lake", "ab", samples)
    found = {row["station"]: row for row in sections(asked(lake), "day", *YEAR).to_pylist()}
    assert (found["a"]["class"], found["a"]["reason"]) == (None, "无有效值：总磷")
    assert found["b"]["class"] == "Ⅰ"


def test_a_withheld_sample_leaves_the_mean_to_those_with_a_value(tmp_path: Path) -> None:
    samples: list[Sample] = [("a", date(2024, 5, 3), {**CLEAN, "tp": None}), ("a", date(2024, 5, 20), CLEAN)]
    (found,) = sections(asked(make(tmp_path / "lake", "a", samples)), "month", *YEAR).to_pylist()
    assert (found["class"], found["tp"], found["count_tp"]) == ("Ⅱ", 0.05, 1)


def test_a_value_below_the_detection_limit_counts_as_the_mapping_says(tmp_path: Path) -> None:
    """Half of 0.01 is within class Ⅰ of rivers (0.02); were it dropped, nothing would be counted."""
    mapping, path = tmp_path / "a.toml", tmp_path / "a.csv"
    mapping.write_text(
        '[time]\ncolumn = "t"\nseconds = 0\n[station]\ncolumn = "s"\nmedium = "surface_water"\nkind = "river"\n'
        '[file]\nbelow_limit = "half"\n[long]\nparameter = "p"\nvalue = "v"\nunit = "mg/L"\n'
        '[long.items]\npH = { parameter = "ph", unit = "" }\n',
        encoding="utf-8",
    )
    values = {"pH": "7.5", "溶解氧": "8", "高锰酸盐指数": "2", "氨氮": "0.1", "总磷": "0.01L"}
    lines = [f"2024-05-03 10:00,甲,{name},{value}\n" for name, value in values.items()]
    path.write_text("t,s,p,v\n" + "".join(lines), encoding="utf-8")
    command = ["ingest", "--lake", str(tmp_path / "lake"), "--format", "table", "--mapping", str(mapping), str(path)]
    assert cli.main(command) == 0
    (found,) = sections(asked(Lake(tmp_path / "lake")), "day", *YEAR).to_pylist()
    assert (found["class"], found["tp"], found["count_tp"]) == ("Ⅰ", 0.005, 1)


def test_a_month_without_samples_is_a_row_without_a_class(tmp_path: Path) -> None:
    lake = make(tmp_path / "lake", "ab", monthly("a", CLEAN) + monthly("b", CLEAN, (1, 2)))
    found = sections(asked(lake), "month", date(2024, 3, 1), date(2024, 3, 31)).to_pylist()
    assert [(row["station"], row["class"], row["reason"]) for row in found] == [
        ("a", "Ⅱ", None),
        ("b", None, "没有参评项目的数据"),
    ]


def test_too_few_months_leave_no_class_for_the_year_nor_a_part_in_the_grade(tmp_path: Path) -> None:
    """Sections a to d have twelve months, e has eleven of phosphorus: five sections, four of them judged."""
    samples = [sample for name in "abcd" for sample in monthly(name, CLEAN)]
    short = {key: value for key, value in CLEAN.items() if key != "tp"}
    samples += monthly("e", CLEAN, range(1, 12)) + monthly("e", short, (12,))
    lake = make(tmp_path / "lake", "abcde", samples)
    found = {row["station"]: row for row in sections(asked(lake), "year", *YEAR).to_pylist()}
    assert found["e"]["class"] is None
    assert found["e"]["reason"] == "无有效值：总磷（11 个，至少 12 个）"
    (river,) = groups(asked(lake), "river", "year", *YEAR).to_pylist()
    assert (river["river"], river["sections"], river["judged"], river["method"]) == ("清河", 5, 4, "shares")
    assert (river["good_ratio"], river["grade"]) == (100.0, "优")
    (other,) = groups(asked(lake, scope="other"), "basin", "year", *YEAR).to_pylist()
    assert (other["basin"], other["judged"]) == ("云江流域", 5)  # six months are enough outside the national network


def test_four_sections_are_graded_by_their_mean_also_where_one_is_silent(tmp_path: Path) -> None:
    """Five sections of the year, one without a sample in May: five, not four, so shares decide."""
    samples = [sample for name in "abcd" for sample in monthly(name, CLEAN | {"nh3n": 1.8})]
    lake = make(tmp_path / "lake", "abcde", samples + monthly("e", CLEAN, (1,)))
    months = {row["period"]: row for row in groups(asked(lake), "city", "month", *YEAR).to_pylist()}
    assert (months["2024-01"]["sections"], months["2024-01"]["judged"]) == (5, 5)
    assert (months["2024-05"]["sections"], months["2024-05"]["judged"], months["2024-05"]["method"]) == (5, 4, "shares")
    assert months["2024-05"]["city"] == CITY


def test_what_was_known_before_a_correction(tmp_path: Path) -> None:
    lake = make(tmp_path / "lake", "a", monthly("a", CLEAN | {"nh3n": 1.9}, (3,)))
    add(lake, monthly("a", CLEAN, (3,)), received=datetime(2025, 3, 1, tzinfo=UTC))
    march = (date(2024, 3, 1), date(2024, 3, 31))
    before = sections(asked(lake, known_at=datetime(2025, 2, 15, tzinfo=UTC)), "month", *march).to_pylist()
    now = sections(asked(lake), "month", *march).to_pylist()
    assert (before[0]["class"], now[0]["class"]) == ("Ⅴ", "Ⅱ")


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Seven good sections and one worse than Ⅴ over the year."""
    samples = [sample for name in "abcdefg" for sample in monthly(name, CLEAN)]
    return make(tmp_path_factory.mktemp("year") / "lake", "abcdefgh", samples + monthly("h", CLEAN | {"nh3n": 2.5}))


def read(lake: Lake, code: str, period: str) -> Any:
    return reading(code, lake, connect(), places.region(CITY), Period.parse(period))


def test_the_share_of_good_sections_opens_to_its_classes(year: Lake) -> None:
    found = read(year, "water.surface.good_ratio", "2024")
    assert found.value == Decimal("87.5")
    assert found.completeness == "8 / 8 个断面有类别"
    text = found.explained()
    assert "7 ÷ 8 = 87.5000%" in text
    assert "GB 3838-2002" in text
    assert "未核实：" in text
    english = found.explained("en")
    assert "7 ÷ 8 = 87.5000%" in english
    assert "completeness: 8 of 8 sections have a class" in english
    assert set(chinese(english)) == {"清河市"}
    assert read(year, "water.surface.inferior_v_ratio", "2024").value == Decimal("12.5")


def test_a_share_of_too_few_judged_sections_cannot_be_judged(tmp_path: Path) -> None:
    """Two of four sections have all months: half is less than three quarters."""
    samples = [sample for name in "ab" for sample in monthly(name, CLEAN)]
    lake = make(tmp_path / "lake", "abcd", samples + monthly("c", CLEAN, (1, 2)) + monthly("d", CLEAN, (1,)))
    found = read(lake, "water.surface.good_ratio", "2024")
    assert found.value is None
    assert found.provisional == Decimal(100)
    assert found.reason == "有类别的断面不足全部断面的 75%"
    assert found.completeness == "2 / 4 个断面有类别"
    assert sum(item.count for item in found.left_out) == 2
    assert found.reason.en == "fewer than 75% of all sections have a class"
    assert set(chinese(found.explained("en"))) == {"清河市"}
    assert read(lake, "water.surface.good_ratio", "2024-06").value is None  # c and d are silent


def test_a_run_of_months_may_cross_the_year(tmp_path: Path) -> None:
    """The mean of the months, not of the values: 0.3, and 0.1 twice in January, come to 0.2; b lacks a month of two."""
    days = ((date(2023, 12, 5), 0.3), (date(2024, 1, 5), 0.1), (date(2024, 1, 25), 0.1), (date(2024, 2, 5), 0.9))
    lake = make(tmp_path / "lake", "ab", [("a", day, CLEAN | {"tp": value}) for day, value in days])
    add(lake, monthly("b", CLEAN, (1,)), received=datetime(2025, 3, 1, tzinfo=UTC))
    one, other = sections_over(asked(lake), Period.parse("2023-12/2024-01")).to_pylist()
    assert (one["station"], one["period"], one["class"], one["tp"], one["count_tp"]) == (
        *("a", "2023-12/2024-01", "Ⅲ"),
        *(0.2, 2),
    )
    assert (other["station"], other["class"], other["count_tp"]) == ("b", None, 1)
    assert "总磷（1 个，至少 2 个）" in other["reason"]
    assert read(lake, "water.surface.good_ratio", "2023-12/2024-01").provisional == Decimal(100)


@pytest.mark.parametrize(("kind", "rows"), [("month", 96), ("quarter", 32), ("year", 8), ("week", 96), ("day", 96)])
def test_the_command_for_every_period(year: Lake, tmp_path: Path, kind: str, rows: int) -> None:
    output = tmp_path / "out.csv"
    command = ["evaluate", "water", kind, "--lake", year.path, "--region", "清河市", "-o", str(output), "--quiet"]
    assert cli.main(command) == 0
    with output.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == rows
    assert {row["name"] for row in found} == {f"{name}断面" for name in "abcdefgh"}
    assert {row["class"] for row in found if row["station"] == "h"} == {"劣Ⅴ"}


def test_the_command_for_groups(year: Lake, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    command = ["evaluate", "water", "year", "--lake", year.path, "--scope", "city", "-o", str(output), "--quiet"]
    assert cli.main(command) == 0
    with output.open(encoding="utf-8", newline="") as file:
        (found,) = csv.DictReader(file)
    assert (found["name"], found["good_ratio"], found["inferior_ratio"]) == ("清河市", "87.5", "12.5")
    assert found["grade"] == "良好"
