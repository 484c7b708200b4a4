"""The tables hold together: ids, parents, validity, successors, and the codes that others rely on."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from bilan import policy
from bilan.policy import Department, Region, tables
from bilan.policy.standards import using_folder

ROOT = Path(__file__).parents[2]
GOLD = ROOT.parent / "shared" / "gold" / "indicators.csv"
FOLDER = tables.FOLDER
HEADERS = {
    "indicators.csv": "code,name_zh,aliases,name_en,unit,direction,standard_or_method,area",
    "regions.csv": "id,code,name,short_name,aliases,kind,level,parent,valid_from,valid_to,source",
    "departments.csv": "id,name,kind,names,aliases,name_en,valid_from,valid_to,successor",
}


def repeated(words: Sequence[str]) -> list[str]:
    return [word for word, count in Counter(words).items() if count > 1]


@pytest.mark.parametrize(("name", "header"), HEADERS.items())
def test_header_is_what_the_loader_reads_by_position(name: str, header: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8").splitlines()[0] == header


@pytest.mark.parametrize("name", HEADERS)
def test_no_address_in_the_data(name: str) -> None:
    assert "://" not in (FOLDER / name).read_text(encoding="utf-8")


def test_ids_are_unique() -> None:
    assert repeated([i.code for i in policy.indicators()]) == []
    assert repeated([r.id for r in policy.regions()]) == []
    assert repeated([d.id for d in policy.departments()]) == []


def test_tables_are_read_once() -> None:
    assert policy.regions() is policy.regions()


@pytest.mark.parametrize("part", [".", "hj212", "standards"])
def test_the_policy_version_follows_every_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    def version(name: str, end: bytes) -> str:
        copied = tmp_path / name
        shutil.copytree(FOLDER, copied, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        changed = min((copied / part).glob("*.csv"))
        changed.write_bytes(changed.read_bytes() + end)
        monkeypatch.setattr(tables, "FOLDER", copied)
        with using_folder(copied / "standards"):
            return policy.resource_version()

    shipped = policy.resource_version()
    assert version("same", b"") == shipped
    assert version("longer", b"\n") != shipped
    assert version("on another system", b"\r\n") == version("again", b"\n")


def test_a_draft_of_a_standard_is_another_policy(tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    shutil.copytree(FOLDER / "standards", draft)
    limits = draft / "water-limits-gb3838-2002.csv"
    limits.write_text(limits.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    shipped = policy.resource_version()
    with using_folder(draft):
        assert policy.resource_version() != shipped
    assert policy.resource_version() == shipped
    assert re.fullmatch("[0-9a-f]{12}", shipped)  # short enough for the head of a board


class TestIndicators:
    def test_every_word_means_one_indicator(self) -> None:
        assert repeated([word for i in policy.indicators() for word in (i.name, *i.aliases)]) == []

    def test_direction_and_area(self) -> None:
        assert {i.direction for i in policy.indicators()} == {"higher", "lower", "none"}
        assert all(i.area and i.name and i.name_en for i in policy.indicators())

    def test_a_figure_with_a_direction_has_a_unit(self) -> None:
        bare = {i.code for i in policy.indicators() if i.direction != "none" and not i.unit}
        assert bare == {"air.o3.trend", "sea.litter"}  # judged in words

    def test_codes_in_use_are_unchanged(self) -> None:
        if not GOLD.exists():
            pytest.skip("needs ../shared/gold/indicators.csv")
        with GOLD.open(encoding="utf-8", newline="") as file:
            known = {row["code"]: (row["name_zh"], row["unit"], row["direction"]) for row in csv.DictReader(file)}
        here = {i.code: (i.name, i.unit, i.direction) for i in policy.indicators()}
        assert {code: here.get(code) for code in known} == known


class TestRegions:
    def test_parents_exist_and_lead_to_the_nation(self) -> None:
        by_id = {r.id: r for r in policy.regions()}
        for region in policy.regions():
            line: list[Region] = [region]
            while parent := line[-1].parent:
                assert by_id[parent] not in line, f"{region.id} lies in itself"
                line.append(by_id[parent])
            assert line[-1].id == "100000", f"{region.id} ends at {line[-1].id}"

    def test_an_administrative_parent_is_one_level_or_more_above(self) -> None:
        by_id = {r.id: r for r in policy.regions()}
        wrong = [
            r.id
            for r in policy.regions()
            if r.kind in ("administrative", "functional_zone") and r.parent and by_id[r.parent].level >= r.level
        ]
        assert wrong == []

    def test_counts_of_the_division_table(self) -> None:
        real = [r for r in policy.regions() if r.kind == "administrative" and not r.fictional and r.valid_to is None]
        assert len([r for r in real if r.level == 1]) == 34
        assert len([r for r in real if r.level == 2]) == 333

    def test_short_names(self) -> None:
        short = {r.id: r.short_name for r in policy.regions()}
        assert (short["220000"], short["222400"], short["450000"], short["150221"]) == ("吉林", "延边", "广西", "")

    def test_only_the_demo_uses_unassigned_codes(self) -> None:
        assert {r.code[:2] == "99" for r in policy.regions() if r.fictional and r.kind == "administrative"} == {True}
        assert [r.id for r in policy.regions() if not r.fictional and r.code.startswith("99")] == []

    def test_demo_city_has_its_parts(self) -> None:
        parts = Counter((r.kind, r.name[-1]) for r in policy.regions() if r.parent == "990100")
        assert parts[("administrative", "区")] == 3
        assert parts[("administrative", "县")] == 1
        assert parts[("functional_zone", "区")] == 1
        assert parts[("basin", "域")] == 1


class TestDepartments:
    def test_every_body_has_a_name_in_english(self) -> None:
        assert all(d.name and d.name_en[:1].isupper() and d.name_en.isascii() for d in policy.departments())
        assert repeated([d.name_en for d in policy.departments()]) == []

    def test_successors_exist_and_start_no_later_than_the_end(self) -> None:
        by_id = {d.id: d for d in policy.departments()}
        for body in policy.departments():
            assert (body.successor is None) == (body.valid_to is None), body.id
            if body.successor and body.valid_to:
                start = by_id[body.successor].valid_from
                assert start is None or start <= body.valid_to, body.id

    def test_every_form_means_one_current_body(self) -> None:
        current = [d for d in policy.departments() if d.valid_to is None]
        assert repeated([form for d in current for form in {d.name, *d.names, *d.aliases}]) == []

    def test_every_form_means_one_body_on_any_day(self) -> None:
        days = {d.valid_from for d in policy.departments()} | {d.valid_to for d in policy.departments()}
        for day in sorted(d for d in days if d):
            bodies = [d for d in policy.departments() if held(d, day)]
            forms = [form for d in bodies for form in {d.name, *d.names, *d.aliases}]
            assert repeated(forms) == [], day


@pytest.mark.parametrize("rows", [policy.regions, policy.departments], ids=["regions", "departments"])
def test_validity_ranges(rows: object) -> None:
    table: tuple[Region | Department, ...] = rows()  # type: ignore[operator]
    backwards = [r.id for r in table if r.valid_from and r.valid_to and r.valid_from >= r.valid_to]
    assert backwards == []


def held(body: Department, day: date) -> bool:
    return (body.valid_from is None or body.valid_from <= day) and (body.valid_to is None or day < body.valid_to)
