"""What somebody who sees a target by his unit alone sees of the districts: those for which the unit answers."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pytest

pytestmark = pytest.mark.django_db

CITY, OWN, OTHER = "990100", "990102", "990103"
OTHERS = ("东湖区", OTHER, "乙站", "s2,")  # its name, its id, its station
PAGES = ["/", "/board/", "/targets/"]
FILES = ["/targets/board.json", "/targets/board.csv", "/targets/board.xlsx"]
OF_TARGET = [
    "", "proof/", "data/", "data.csv", "chart/trajectory.json", "chart/ranking.json", "chart/ranking.svg",
    "chart/ranking.png",
]  # fmt: skip


@pytest.fixture
def named(site: Any, people: Any) -> Any:
    """The plan names the unit of a district, so that its officer sees the city's targets by it; another has a goal."""
    from bilan.portal.people.models import UnitName

    UnitName.objects.create(unit=people.units["临江分局"], name="市局", written=True)
    site.decide(OTHER, target="t1", what="goal", value=29, shown="29", reason="只给东湖区")
    return site


def every(site: Any, who: str) -> dict[str, str]:
    """All that the person is shown of the city's board, by address, pictures left out."""
    told = {one: content(site.get(who, one, region=CITY)) for one in [*PAGES, *FILES]}
    told |= {part: content(site.get(who, site.target(1, part), region=CITY)) for part in OF_TARGET}
    views = [(part, view) for part in ("data/", "data.csv") for view in ("days", "hours")]
    return told | {
        f"{view} {part}": content(site.get(who, site.target(1, part), region=CITY, view=view)) for part, view in views
    }


def content(answer: Any) -> str:
    assert answer.status_code in (200, 503), answer.status_code  # without a Chinese font there is no picture
    found = b"".join(answer) if answer.streaming else answer.content
    if "spreadsheet" in answer.headers["Content-Type"]:
        return cells(found)
    return found.decode(errors="replace")


def cells(found: bytes) -> str:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(found))
    return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)


def test_a_districts_officer_sees_of_the_city_no_other_district(named: Any) -> None:
    told = every(named, "officer")
    assert "35.0" in told[""]  # the city's figure itself
    for name, page in told.items():
        for other in OTHERS:
            assert other not in page, (name, other)
    for name in ("", "proof/", "chart/ranking.json", "/targets/board.json", "/targets/board.xlsx"):
        assert "临江区" in told[name], name
    assert "甲站" in told["data/"]
    assert "1 个站点，它们的数据不在您的权限内" in told["data/"]
    assert "不在您的权限内" in told["proof/"]


def test_nor_the_days_of_the_city_which_are_made_of_it(named: Any) -> None:
    """A day of the city is the mean of both stations, 35, from which that of the other one could be told."""
    for query in ({}, {"view": "days"}):
        told = named.text("officer", named.target(1, "data/"), region=CITY, **query)
        assert "一天的数由全部站点得出，所以这里不列逐日" in told
        assert "逐日</a>" not in told
        assert "小时均值" in told
    file = named.text("officer", named.target(1, "data.csv"), region=CITY, view="days")
    assert file.startswith("\ufeffstation,")
    own = named.text("officer", named.target(1, "data/"), region=OWN)
    assert "共 90 天，有效 90 天" in own


def test_nor_does_he_reach_a_raw_value_of_it(named: Any) -> None:
    asked = {"region": CITY, "parameter": "a34004", "time": "2026-03-01T01:00:00+08:00"}
    assert named.get("officer", named.target(1, "data/value/"), station="s1", **asked).status_code == 200
    assert named.get("officer", named.target(1, "data/value/"), station="s2", **asked).status_code == 404
    assert "乙站" not in named.text("officer", named.target(1, "data/"), region=CITY, station="s2")


def test_what_one_person_saw_is_not_given_to_another(named: Any) -> None:
    for who, sees in (("plan_office", True), ("officer", False), ("plan_office", True)):
        for part in ("", "proof/", "chart/ranking.json"):
            page = named.text(who, named.target(1, part), region=CITY)
            assert ("东湖区" in page) is sees, (who, part)


def test_a_unit_of_the_city_sees_the_part_of_each_district(named: Any, people: Any) -> None:
    """Even in somebody whose own place is a district: the unit answers for the target in all of them."""
    from bilan.portal.people.models import Membership, User

    user = User.objects.create_user("department", "qing-he-2026-lan", name="department", unit=people.units["市局"])
    Membership.objects.create(user=user, role="officer", region=people.regions["990121"], unit=people.units["市局"])
    people.users["department"] = user
    told = every(named, "department")
    for name in ("", "proof/", "chart/ranking.json", "/targets/board.json", "/targets/board.xlsx", "hours data/"):
        assert "东湖区" in told[name] or "乙站" in told[name], name
    assert "不在您的权限内" not in told["proof/"]


def test_nor_a_station_of_another_district_that_has_no_name(named: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import boards

    stations = boards.Lake.stations

    def unnamed(lake: Any) -> Any:
        rows = [{**row, "name": None if row["id"] == "s2" else row["name"]} for row in stations(lake).to_pylist()]
        return pa.Table.from_pylist(rows, schema=stations(lake).schema)

    monkeypatch.setattr(boards.Lake, "stations", unnamed)
    boards.forget()
    office = named.text("plan_office", named.target(1, "proof/"), region=CITY)
    assert "s2、甲站" in office  # by its id, as it has no name
    page = named.text("officer", named.target(1, "proof/"), region=CITY)
    assert "s2" not in page and "不在您的权限内" in page


def test_a_name_hides_no_line_of_a_station_whose_id_only_begins_like_it() -> None:
    from bilan.portal.board.links import _as_named

    assert _as_named("s2").search("站点或断面 2 个：s2、甲站")
    assert not _as_named("s2").search("站点或断面 2 个：s21、xs2")
    assert _as_named("甲站").search("5甲站B")
