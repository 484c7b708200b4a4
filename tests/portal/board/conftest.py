"""A published plan of five targets over a small lake: two stations, one reported figure, one goal of a district."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

CITY, LINJIANG, DONGHU = "990100", "990102", "990103"
DAY = date(2026, 3, 31)
TEXT = "到2026年，PM2.5年均浓度控制在35微克/立方米以下，森林覆盖率达到43%以上，新增绿地，管网180公里，=1+1。"


def target(number: int, name: str, quote: str, **more: Any) -> dict[str, Any]:
    start = TEXT.index(quote)
    told = {
        "id": f"t{number}", "start": start, "end": start + len(quote), "kind": "target", "indicator": None,
        "name": name, "operator": ">=", "value": 1.0, "unit": None, "value_kind": "number", "quote": quote,
        "confidence": 1, "due": "2026", "due_source": "explicit", "region": CITY, "task": "k1",
    }  # fmt: skip
    return told | more


def plan_json() -> Any:
    from bilan.plan.model import CompiledPlan, Duty, PlanInfo, Source, Target, Task

    told = [
        target(1, "PM2.5年均浓度", "PM2.5年均浓度控制在35微克/立方米以下", indicator="air.pm25.annual", operator="<=",
               value=35.0, unit="微克/立方米"),
        target(2, "森林覆盖率", "森林覆盖率达到43%以上", indicator="eco.forest.cover", value=43.0, unit="%"),
        target(3, "新增绿地", "新增绿地", value=None, value_kind="qualitative"),
        target(4, "管网", "管网180公里", value=180.0, unit="公里"),
        target(5, "=1+1", "=1+1", value=None, value_kind="qualitative"),
    ]  # fmt: skip
    info = PlanInfo(
        id="p", version="v-of-test", title="清河市试验计划", region=CITY, region_name="清河市", issuer=None,
        document_number=None, issued="2026-01-02", period="2026/2026", superior=[],
    )  # fmt: skip
    task = Task(
        id="k1", start=0, end=3, number="1", title="治气护林", parent=None, body_start=0, body_end=len(TEXT),
        leads=["市局"], supports=[], implementers=[], open_ended=False, due="2026",
    )  # fmt: skip
    duty = Duty(id="d1", unit="市局", written=["市局"], functions=[], department=None, role="lead", items=["k1"])
    return CompiledPlan(
        compiler="test", plan=info, sections=[], tasks=[task], targets=[Target(**one) for one in told], measures=[],
        projects=[], duties=[duty], gaps=[],
        source=Source(file="a.txt", media_type="text/plain", sha256="", encoding=None, characters=len(TEXT), text=TEXT,
                      repairs=[]),
    )  # fmt: skip


def fill_lake(folder: Path) -> None:
    """A station in each of two districts with hours of PM2.5 from 2025 on, and forests as reported."""
    import pyarrow as pa

    from bilan.observe import Lake
    from bilan.observe.statistics import Statistics
    from bilan.observe.statistics_report import Report

    lake = Lake(folder)
    stations = [("s1", "甲站", LINJIANG, 30.0), ("s2", "乙站", DONGHU, 40.0)]
    first = datetime(2024, 12, 31, 16, tzinfo=UTC)
    hours = ((DAY - date(2025, 1, 1)).days + 1) * 24
    rows = [
        {
            "station": id_, "parameter": "a34004", "statistic": "avg", "seconds": 3600, "value": value,
            "time": first + timedelta(hours=hour + 1), "source": "table", "source_ref": "file-of-test",
            "source_line": hour + 2, "unit": "ug/m3", "flag": None, "state": None,
        }
        for id_, _name, _region, value in stations
        for hour in range(hours)
    ]  # fmt: skip
    lake.add([pa.Table.from_pylist(rows)], batch="b1")
    places = {"id": [one[0] for one in stations], "name": [one[1] for one in stations],
              "medium": ["air", "air"], "region": [one[2] for one in stations]}  # fmt: skip
    lake.add_stations(pa.table(places))
    now = datetime(2026, 2, 1, tzinfo=UTC)
    told = Report(
        indicator="eco.forest.cover", region=CITY, period="2025", first=date(2025, 1, 1), last=date(2025, 12, 31),
        value=Decimal("42.10"), step=Decimal("0.01"), unit="%", given="42.10", given_unit="%", source="林业年报",
        status="final", reported_by="市林业局", reported_on=now.date(), note="",
        file="林业.csv", source_ref="ref-of-report",
        sheet="", source_line=7, received_at=now,
    )  # fmt: skip
    Statistics.of(lake).add([told], "林业")


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portal-lake")
    fill_lake(folder / "lake")
    return folder / "lake"


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("portal-kept")


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages of these tests wait until what they show is there; nothing is remembered from test to test.

    Nor does a thread of the test before put anything where this one looks.
    """
    from bilan.portal.board import boards, views, views_target

    monkeypatch.setattr(views, "WAIT", 120.0)
    monkeypatch.setattr(views_target, "WAIT", 120.0)
    monkeypatch.setattr(views_target, "_AT_ONCE", 120.0)
    idle()
    boards.forget()
    yield
    boards.forget()


def idle() -> None:
    """Wait until nothing is being made any more, of a test before either."""
    from bilan.portal.board import boards

    for _ in range(600):
        stores = (boards._boards, boards._histories, boards._explanations)
        if not any(one._making for both in stores for one in both.values()):
            return
        time.sleep(0.1)
    raise AssertionError("it takes too long")


def publish(people: Any, compiled: Any, slug: str = "qinghe", region: str = CITY) -> Any:
    """A plan with one version."""
    import io

    from bilan.portal.files.store import keep
    from bilan.portal.plans.models import Document, Draft, Plan, Version

    user, place = people.users["plan_office"], people.regions[region]
    plan = Plan.objects.create(slug=slug, title=compiled.plan.title, region=place)
    stored = keep(io.BytesIO(slug.encode()), "a.txt", "text", owner=user, region=place)
    document = Document.objects.create(plan=plan, region=place, file=stored, text=TEXT, uploaded_by=user)
    text = compiled.model_dump_json()
    draft = Draft.objects.create(plan=plan, region=place, document=document, compiled=text, started_by=user)
    version = Version.objects.create(
        plan=plan, region=place, number=1, draft=draft, document=document, compiled=text, digest=compiled.plan.version,
        published_by=user,
    )  # fmt: skip
    plan.current = version
    plan.save(update_fields=["current"])
    return plan


@dataclass
class Site:
    """The plan, and how its pages are asked for as somebody."""

    plan: Any
    client_of: Callable[[str], Client]

    def get(self, who: str, address: str, **query: str) -> Any:
        return self.client_of(who).get(address, {"as_of": DAY.isoformat(), **query})

    def text(self, who: str, address: str, **query: str) -> str:
        answer = self.get(who, address, **query)
        assert answer.status_code == 200, (who, address, answer.status_code)
        content = b"".join(answer) if answer.streaming else answer.content
        return str(content.decode())

    def target(self, number: int, part: str = "", public: bool = False) -> str:
        return f"/{'public' if public else 'targets'}/qinghe/t{number}/{part}"

    def decide(self, district: str | None = None, **told: Any) -> Any:
        """Somebody of the plan office decided something, a while ago: no board from before is left."""
        from bilan.portal.board import boards

        entry = self.written(district, **told)
        boards.forget()
        return entry

    def logged(self) -> None:
        """What a test did to rows itself stands in the log, as all that is done on pages."""
        from bilan.portal.audit.record import record

        record("unit.change", row=self.plan, label="by a test")

    def written(self, district: str | None = None, **told: Any) -> Any:
        """The same, at this moment: whoever looked before has a board without it."""
        from bilan.portal.board.models import Entry
        from bilan.portal.people.models import User

        plain = {
            "plan": self.plan, "region_id": district or CITY, "target": "t3", "district": district is not None,
            "what": "judgement", "reason": "内部会议纪要", "by": "王五", "on": date(2026, 2, 1),
            "author": User.objects.get(username="plan_office"),
        }  # fmt: skip
        entry = Entry.objects.create(**(plain | told))
        self.logged()
        return entry


@pytest.fixture
def due() -> str:
    """When 管网 is due; tests of closing have it due by the end of March, so that its period is over."""
    return "2026"


@pytest.fixture
def plan(due: str) -> Any:
    """What is published."""
    made = plan_json()
    targets = [one.model_copy(update={"due": due}) if one.id == "t4" else one for one in made.targets]
    return made.model_copy(update={"targets": targets})


@pytest.fixture
def site(people: Any, client_of: Callable[[str], Client], settings: Any, lake: Path, kept: Path, plan: Any) -> Site:
    settings.BILAN_LAKE, settings.BILAN_KEPT = lake, kept
    return Site(publish(people, plan), client_of)


@pytest.fixture
def twins(site: Site, people: Any, plan: Any) -> Any:
    """Another plan, two of whose targets have the same name: 管网, of two clauses."""
    twin = plan.targets[2].model_copy(update={"id": "t6", "name": "管网"})
    return publish(people, plan.model_copy(update={"targets": [*plan.targets, twin]}), "twins")


@pytest.fixture
def elsewhere(site: Site, people: Any, plan: Any) -> Any:
    """A plan of another city, which the leader sees as well."""
    info = plan.plan.model_copy(update={"region": "371300", "title": "外市计划"})
    return publish(people, plan.model_copy(update={"plan": info}), "elsewhere", "371300")


@pytest.fixture
def until_idle() -> Callable[[], None]:
    """What waits until nothing is being made any more."""
    return idle


def tight(page: str) -> str:
    """The markup without white space around its tags."""
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", page)


def words(markup: str) -> str:
    """What is read in a part of a page, with one space between its words."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def section(page: str, heading: str) -> str:
    """The part of a page that the element with the id ``heading`` heads."""
    (found,) = re.findall(rf'<section\b[^>]*aria-labelledby="{heading}".*?</section>', page, re.DOTALL)
    return str(found)


def course(markup: str) -> list[tuple[float, float]]:
    """The points of the one line of figures in a part of a page; none without one."""
    assert markup.count("<svg") == markup.count('class="sparkline"') <= 1
    told = re.findall(r'<polyline class="course" points="([^"]*)"', markup)
    return [(float(x), float(y)) for line in told for x, _, y in (one.partition(",") for one in line.split())]


@dataclass
class Cells:
    """A row of a board as it is drawn: its answer, what heads it, and its cells by the label that they have."""

    status: str
    head: str
    labelled: dict[str, str]

    def __getitem__(self, label: str) -> str:
        return words(self.labelled[label])


def cells(page: str, name: str) -> Cells:
    """The row of the target that is called so."""
    rows = re.findall(r'<tr role="row">.*?</tr>', tight(page), re.DOTALL)
    found = [one for one in rows if f">{name}</a>" in one]
    assert len(found) == 1, words(page)
    (row,) = found
    (status,) = re.findall(r'<td role="cell">(.*?)</td>', row)
    (head,) = re.findall(r"<th\b.*?</th>", row)
    return Cells(status, head, dict(re.findall(r'<td [^>]*data-label="([^"]*)">(.*?)</td>', row)))
