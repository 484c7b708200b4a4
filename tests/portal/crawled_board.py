"""Rows of boards for the crawl: a published plan in each of two cities with a note and a closing, over a small lake."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from bilan.portal.board.pictures import FORMATS

TEXT = "到2026年，PM2.5年均浓度控制在35微克/立方米以下。"
QUOTE = TEXT[7:-1]
CITIES = (("990100", "plan_office", "s1"), ("371300", "other_plan_office", "s2"))


def lake() -> None:
    """Two days of a station in each city, so that there is something to judge by."""
    import pyarrow as pa
    from django.conf import settings

    from bilan.observe import Lake

    made = Lake(settings.BILAN_LAKE)
    row = {"parameter": "a34004", "statistic": "avg", "seconds": 3600, "value": 30.0, "unit": "ug/m3"}
    row |= {"source": "table", "flag": None, "state": None}
    first = datetime(2026, 3, 1, tzinfo=UTC)
    hours = [
        row
        | {"station": station, "source_ref": f"marker-values-{number}"}
        | {"time": first + timedelta(hours=hour), "source_line": hour}
        for number, (_, _, station) in enumerate(CITIES)
        for hour in range(48)
    ]
    made.add([pa.Table.from_pylist(hours)], batch="b1")
    names, regions = ["甲站", "乙站"], ["990102", "371302"]
    made.add_stations(pa.table({"id": ["s1", "s2"], "name": names, "medium": ["air", "air"], "region": regions}))


def compiled(number: int, region: str) -> Any:
    from bilan.plan.model import CompiledPlan, PlanInfo, Source, Target

    info = PlanInfo(
        id=f"b{number}", version=f"v{number}", title="某市计划", region=region, region_name=None, issuer=None,
        document_number=None, issued="2026-01-02", period="2026/2026", superior=[],
    )  # fmt: skip
    target = Target(
        id=f"t{number}", start=TEXT.index(QUOTE), end=TEXT.index(QUOTE) + len(QUOTE), kind="target",
        indicator="air.pm25.annual", name="PM2.5年均浓度", operator="<=", value=35.0, unit="微克/立方米",
        value_kind="number", quote=QUOTE, confidence=1, due="2026", due_source="explicit", region=region,
    )  # fmt: skip
    source = Source(
        file="a.txt", media_type="text/plain", sha256="", encoding=None, characters=len(TEXT), text=TEXT, repairs=[]
    )
    return CompiledPlan(
        compiler="test", plan=info, sections=[], tasks=[], targets=[target], measures=[], projects=[], duties=[],
        gaps=[], source=source,
    )  # fmt: skip


def boards(people: Any) -> Iterable[Any]:
    import io

    from bilan.portal.board import boards as memory
    from bilan.portal.board.models import Closing, Note
    from bilan.portal.files.store import keep
    from bilan.portal.plans.models import Document, Draft, Plan
    from bilan.portal.plans.publish import publish

    memory.forget()
    lake()
    for number, (region_id, owner, station) in enumerate(CITIES):
        region, user = people.regions[region_id], people.users[owner]
        plan = Plan.objects.create(slug=f"b{number:07}", title=f"marker-board-{number}", region=region)
        file = keep(io.BytesIO(TEXT.encode()), "a.txt", "text", owner=user, region=region, plan=plan.pk)
        told = {"plan": plan, "region": region}
        document = Document.objects.create(file=file, text=TEXT, uploaded_by=user, **told)
        json = compiled(number, region_id).model_dump_json()
        draft = Draft.objects.create(document=document, compiled=json, started_by=user, **told)
        version = publish(draft, user, "", 0)
        target = version.compiled_plan().targets[0].id
        note = Note.objects.create(target=target, text=f"marker-note-{number}", author=user, **told)
        note.kind, note.format = "trajectory", "json"  # of its chart
        note.query = f"?region={region_id}"  # else an officer is shown the target in his own district
        value = {"station": station, "parameter": "a34004", "time": "2026-03-01T09:00:00+08:00"}
        note.query_of_value, note.label = f"{note.query}&{urlencode(value)}", f"marker-values-{number}"
        yield note
        yield Closing.objects.create(
            target=target, version=version, period="2026", as_of=date(2026, 3, 2), known_at=datetime.now(UTC),
            policy_version="p", lake_version=1, statistics_version=1, software_version="s", approved_by=user,
            status="met", plan_version=version.digest, **told,
        )  # fmt: skip


ROWS = [boards]

_TARGET = ("target", "proof", "data", "value", "data_file", "enter", "remark", "close", "public_target", "public_proof")
_ABOUT = {"plan": "plan_id", "target": "target"}

PARAMETERS = {
    **{f"board:{name}": ("note", _ABOUT) for name in _TARGET},
    **{f"board:{name}": ("note", _ABOUT | {"kind": "kind", "format": "format"}) for name in ("chart", "public_chart")},
    "board:reopen": ("closing", {"pk": "pk"}),
}
VALUES = {f"board:{name}": {"format": "csv"} for name in ("export", "public_export")}
CHOICES = {
    **{name: {"format": ("csv", "xlsx", "json")} for name in VALUES},
    **{f"board:{name}": {"format": tuple(FORMATS)} for name in ("chart", "public_chart")},
}
QUERIES = {"board:value": "query_of_value"}
