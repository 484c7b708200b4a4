"""Rows of boards for the crawl: a published plan in each of two cities with a note and a closing, over a small lake."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

TEXT = "到2026年，新增绿地。"
CITIES = (("990100", "plan_office"), ("371300", "other_plan_office"))


def lake() -> None:
    """Two days of a station, so that there is something to judge by."""
    import pyarrow as pa
    from django.conf import settings

    from bilan.observe import Lake

    made = Lake(settings.BILAN_LAKE)
    row = {"station": "s1", "parameter": "a34004", "statistic": "avg", "seconds": 3600, "value": 30.0, "unit": "ug/m3"}
    row |= {"source": "table", "source_ref": "a", "flag": None, "state": None}
    first = datetime(2026, 3, 1, tzinfo=UTC)
    hours = [row | {"time": first + timedelta(hours=hour), "source_line": hour} for hour in range(48)]
    made.add([pa.Table.from_pylist(hours)], batch="b1")
    made.add_stations(pa.table({"id": ["s1"], "name": ["甲站"], "medium": ["air"], "region": ["990102"]}))


def compiled(number: int, region: str) -> Any:
    from bilan.plan.model import CompiledPlan, PlanInfo, Source, Target

    info = PlanInfo(
        id=f"b{number}", version=f"v{number}", title="某市计划", region=region, region_name=None, issuer=None,
        document_number=None, issued="2026-01-02", period="2026/2026", superior=[],
    )  # fmt: skip
    target = Target(
        id=f"t{number}", start=7, end=11, kind="target", indicator=None, name="新增绿地", operator=">=", value=None,
        unit=None,
        value_kind="qualitative", quote="新增绿地", confidence=1, due="2026", due_source="explicit", region=region,
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
    for number, (region_id, owner) in enumerate(CITIES):
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
