"""What sites hold that a browser visits, and serving one: ``python -m tests.portal.browser.filling KIND HOME PORT``.

``city``: 清河市 with all that the pages can show. ``broken``: the same with files of the lake, and a table of the
database, that nobody can read any more. ``bare``: people and nothing else. ``new``: 长春市 before its first plan, with
a year of a station in the lake; only this one has a worker for jobs.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
CHANGCHUN, KUANCHENG = "220100", "220103"
FIRST_HOUR = datetime(2024, 12, 31, 16, tzinfo=UTC)  # of the year 2025 in China


def value_at(hour: int) -> float:
    """Return what the station of the new city measured in an hour of 2025; no two hours of a day are the same."""
    return 20.0 + hour % 24 + (hour // 24) % 7 / 10


def city() -> dict[str, str]:
    """Fill 清河市; return the addresses of its pages by name, and of some rows by what they are."""
    from django.conf import settings
    from tests.portal.board.conftest import fill_lake, plan_json, publish
    from tests.portal.conftest import populate

    from bilan.portal.audit.context import acting

    people = populate()
    office = people.users["plan_office"]
    fill_lake(Path(settings.BILAN_LAKE))
    with acting(office):
        rows = _reviewed(people, office) | _units(people)
        rows["plan"] = publish(people, plan_json())
        rows |= _decided(people, office, rows["plan"]) | _jobs(people, office)
        rows["user"] = people.users["officer"]
        rows["membership"] = people.users["officer"].memberships.get()
        rows["region"] = people.regions["990102"]
        rows["own_region"] = _own_region(people)
        rows |= {"idle_user": people.users["newcomer"], "own_user": people.users["administrator"]}
    return _addresses(rows)


def _reviewed(people: Any, office: Any) -> dict[str, Any]:
    """A plan in its third draft after two versions, one of which nothing was read, one that is empty, and a new one."""
    from tests.portal.plans.conftest import TEXT

    from bilan.plan import Document as Source
    from bilan.plan import compile_document
    from bilan.portal.files.store import keep
    from bilan.portal.plans import decide
    from bilan.portal.plans.models import Document, Draft, Plan
    from bilan.portal.plans.publish import publish, revise
    from bilan.portal.plans.state import review_of

    region = people.regions["990100"]

    def document(slug: str, title: str, text: str) -> Any:
        plan = Plan.objects.create(slug=slug, title=title, region=region)
        file = keep(io.BytesIO(title.encode()), f"{title}.txt", "text", owner=office, region=region, plan=slug)
        return Document.objects.create(plan=plan, region=region, file=file, text=text, uploaded_by=office)

    def draft(of: Any) -> Any:
        source = Source("a.txt", "text/plain", "0" * 64, of.text, "utf-8", is_plain=True)
        compiled = compile_document(source, region="清河市").model_dump_json()
        return Draft.objects.create(plan=of.plan, region=region, document=of, compiled=compiled, started_by=office)

    document("unread", "没有读成的文件", "")
    empty = draft(document("empty", "空白文件", "各位同事：\n现将有关情况通报如下。\n"))
    first = draft(document("water", "碧水蓝天", TEXT))
    targets = review_of(first).plan.targets
    decide.confirm(first, office, targets[0].id, 0)
    version = publish(first, office, "第一次发布", 1)
    second = revise(version, office)
    decide.correct(second, office, targets[1].id, {"value": "88"}, 0)
    version = publish(second, office, "收紧优良天数", review_of(second).number, version.number)
    third = revise(version, office)
    decide.correct(third, office, targets[0].id, {"value": "30"}, 0)
    decide.reject(third, office, targets[2].id, review_of(third).number)
    return {
        "draft": third,
        "document": third.document,
        "version": version,
        "storedfile": third.document.file,
        "edited": targets[1].id,
        "empty_draft": empty,
        "new_draft": draft(document("new", "刚读成的规划", TEXT)),
    }


def _units(people: Any) -> dict[str, Any]:
    """A bureau with its people, one merged into it, one nobody answers for, and a name that a plan writes."""
    from bilan.portal.people.models import Contact, ContactRole, Unit, UnitName

    bureau, region = people.units["市局"], people.regions["990100"]
    contact = Contact.objects.create(unit=bureau, name="赵联系", phone="0531-1234567")
    Contact.objects.create(unit=bureau, name="钱局长", role=ContactRole.LEADER)
    Unit.objects.create(name="原环保局", region=region).merge_into(bureau, date(2025, 1, 1))
    idle = Unit.objects.create(name="市档案馆", region=region)
    name = UnitName.objects.create(unit=bureau, name="市环保局", written=True)
    return {"unit": bureau, "idle_unit": idle, "contact": contact, "unitname": name}


def _own_region(people: Any) -> Any:
    """A park that the site added itself; only such a place can be changed."""
    from bilan.portal.people.models import Region

    about = {"name": "清河产业园", "kind": "functional_zone", "level": 4}
    return Region.objects.create(id="own.park", parent=people.regions["990100"], **about)


def _decided(people: Any, office: Any, plan: Any) -> dict[str, Any]:
    """Judged, noted, closed as something else than now, closed and opened again; one district has a goal of its own."""
    from decimal import Decimal

    from bilan.portal.board.models import Closing, Entry, Note

    region = plan.region
    about = {"plan": plan, "region": region}
    told = {"reason": "内部会议纪要", "by": "王五", "on": date(2026, 2, 1), "author": office}
    Entry.objects.create(**about, target="t3", what="judgement", status="missed", **told)
    for place, goal, why in (("990103", "29", "只给东湖区"), ("990102", "28", "只给临江区")):
        own = {"region": people.regions[place], "value": Decimal(goal), "shown": goal, "reason": why}
        Entry.objects.create(plan=plan, target="t1", district=True, what="goal", **told | own)
    note = Note.objects.create(**about, target="t1", text="与去年口径一致", author=office)
    note.kind, note.format, note.query = "trajectory", "json", f"?region={region.pk}"
    frozen = {
        "version": plan.current, "period": "2026", "as_of": date(2026, 1, 5), "known_at": datetime.now(UTC),
        "policy_version": "p", "lake_version": 1, "statistics_version": 1, "software_version": "s", "status": "missed",
        "figure": "41", "figure_unit": "%", "plan_version": plan.current.digest, "approved_by": office,
        "remark": "按年报",
    }  # fmt: skip
    closing = Closing.objects.create(**about, target="t2", **frozen)
    Closing.objects.create(**about, target="t1", **frozen).reopen(office, "数据有误")
    return {"note": note, "closing": closing}


def _jobs(people: Any, office: Any) -> dict[str, Any]:
    """One job in each state that it may stay in."""
    from bilan.portal.jobs.models import Job, State
    from bilan.portal.plans.work import COMPILE

    def job(label: str, **fields: Any) -> Any:
        return Job.objects.create(kind=COMPILE, label=label, owner=office, region=people.regions["990100"], **fields)

    ended = {"started": datetime.now(UTC), "ended": datetime.now(UTC)}
    return {
        "job": job("排队的.docx", created=datetime.now(UTC) - timedelta(minutes=5)),
        "done_job": job("读完的.docx", state=State.DONE, progress=1.0, result={"url": "/plans/"}, **ended),
        "failed_job": job("读坏的.pdf", state=State.FAILED, error="文件已加密，请先去掉密码。", **ended),
    }


def _addresses(rows: dict[str, Any]) -> dict[str, str]:
    """The address of every view, by its name, with these rows; and the page of each further row by what it is."""
    from django.urls import reverse

    sys.path.insert(0, str(ROOT / "tests/portal"))
    from crawled import PARAMETERS, VALUES  # type: ignore[import-not-found]
    from test_rights_crawl import addresses  # type: ignore[import-not-found]

    found = {}
    for name, _pattern in addresses():
        model, wanted = PARAMETERS.get(name, ("", {}))
        row = rows.get(model)
        given = {parameter: attrgetter(path)(row) for parameter, path in wanted.items()} or VALUES.get(name, {})
        found[name] = reverse(name, kwargs=given) + getattr(row, "query", "")
    further = ("empty_draft", "plans:review"), ("idle_unit", "people:unit"), ("failed_job", "jobs:job")
    further += (("done_job", "jobs:job"), ("new_draft", "plans:review"))
    further += (("idle_user", "people:user"), ("own_user", "people:user"))
    found |= {row: reverse(name, args=[rows[row].pk]) for row, name in further}
    found["people:region_edit"] = reverse("people:region_edit", args=[rows["own_region"].pk])
    found["new_history"] = reverse("plans:history", args=[rows["new_draft"].pk])
    found["plans:edit"] += f"?item={rows['edited']}"
    found["board:value"] += "&station=s1&parameter=a34004&time=2026-01-01T01:00%2B08:00"
    publish = {one: reverse("plans:publish", args=[rows[f"{one}_draft"].pk]) for one in ("empty", "new")}
    return found | {f"{one}_publish": address for one, address in publish.items()}


def broken() -> dict[str, str]:
    """Fill 清河市, then damage the observations in its lake and take its contact persons away."""
    from django.conf import settings
    from django.db import connection

    addresses = city()
    for file in Path(settings.BILAN_LAKE).glob("observations/**/*.parquet"):
        file.write_bytes(b"x" * file.stat().st_size)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE people_contact{' CASCADE' if connection.vendor == 'postgresql' else ''}")
    return addresses


def bare() -> dict[str, str]:
    """Fill nothing in but an administrator and somebody of a plan office."""
    from tests.portal.conftest import PASSWORD

    from bilan.portal.people.models import Membership, Region, User

    for name, place in (("administrator", None), ("plan_office", "990100"), ("leader", None)):
        region = Region.objects.get(pk=place) if place else None
        user = User.objects.create_user(name, PASSWORD, name=name, region=region)
        Membership.objects.create(user=user, role=name, region=region)
    return {}


def new() -> dict[str, str]:
    """Fill in the plan office of 长春市 and the hours of one station."""
    import pyarrow as pa
    from django.conf import settings
    from tests.portal.conftest import PASSWORD

    from bilan.observe import Lake
    from bilan.portal.people.models import Membership, Region, Unit, User

    region = Region.objects.get(pk=CHANGCHUN)
    unit = Unit.objects.create(name="市生态环境局", region=region)
    user = User.objects.create_user("plan_office", PASSWORD, name="规划办", region=region, unit=unit)
    Membership.objects.create(user=user, role="plan_office", region=region, unit=unit)
    row = {"station": "c1", "parameter": "a34004", "statistic": "avg", "seconds": 3600, "unit": "ug/m3", "flag": None}
    row |= {"source": "table", "source_ref": "changchun-2025.csv", "state": None}
    hours = [
        row | {"time": FIRST_HOUR + timedelta(hours=hour + 1), "value": value_at(hour), "source_line": hour + 2}
        for hour in range(365 * 24)
    ]
    lake = Lake(settings.BILAN_LAKE)
    lake.add([pa.Table.from_pylist(hours)], batch="b-2025")
    lake.add_stations(pa.table({"id": ["c1"], "name": ["宽城站"], "medium": ["air"], "region": [KUANCHENG]}))
    return {}


KINDS: dict[str, tuple[Callable[[], dict[str, str]], int]] = {  # with how many jobs at once
    "city": (city, 0),
    "broken": (broken, 0),
    "bare": (bare, 0),
    "new": (new, 1),
}


def main(kind: str, home: Path, port: int) -> None:
    """Make the site and serve it until somebody ends the process."""
    from bilan.portal import serve

    fill, jobs = KINDS[kind]
    serve.setup(home)
    from django.core.management import call_command

    from bilan.portal.people.regions import sync_regions

    call_command("migrate", interactive=False, verbosity=0)
    sync_regions()
    if not (home / "static" / "staticfiles.json").exists():  # another site of the same tests collected them
        call_command("collectstatic", interactive=False, verbosity=0)
    (home / "addresses.json").write_text(json.dumps(fill()), encoding="utf-8")
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    serve.serve_until_stopped(serve.Serving("127.0.0.1", port, home, workers=1, threads=8, jobs=jobs))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
