"""How a row came about: the chain from the clause in the document to the units, link by link."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from bilan.board.boards import Making
from bilan.board.entries import Entries
from bilan.board.facts import Matter
from bilan.board.goal import Unjudged, counts_work, measures_decline
from bilan.board.model import Explanation, Link, Row, Said
from bilan.board.phrases import how_far, levels, no_chance, probability, room
from bilan.board.proofs import Proof, proof_of
from bilan.board.rows import row_of
from bilan.board.texts import said, unit_of_difference
from bilan.errors import BilanError
from bilan.evaluate.engine import building
from bilan.evaluate.kept import Kept
from bilan.evaluate.reading import citation
from bilan.evaluate.told import Joined, span_told
from bilan.policy.quotation import within_quotes

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

    from bilan.board.cases import Case
    from bilan.observe import Lake
    from bilan.plan.model import CompiledPlan

Step = Literal["clause", "target", "method", "data", "figure", "room", "chance", "status", "units"]


class NoSuchTargetError(BilanError):
    """The plan has no target with this id."""


def explain(
    plan: CompiledPlan,
    lake: Lake,
    backend: SQLBackend,
    target: str,
    *,
    as_of: date,
    known_at: datetime | None = None,
    region: str | None = None,
    entries: Entries | None = None,
    kept: Kept | None = None,
) -> Explanation:
    """Return the row of the target with the id ``target`` and the chain that leads to it.

    Clause, target, method and standard, data, figure, room, probability, status, units; the keywords as for
    :func:`~bilan.board.boards.make_board`. Raises :class:`NoSuchTargetError`.
    """
    made = Making(plan, lake, backend, as_of, known_at, region, entries or Entries(), kept or Kept(None))
    cases = [case for case in made.cases if case.target.id == target]
    if not cases:
        if any(one.id == target for one in plan.targets):
            raise NoSuchTargetError(f"目标 {target} 是别的行政区的，{region} 的看板里没有")
        raise NoSuchTargetError(f"计划里没有编号为 {target} 的目标")
    return explained(made, cases[0])


def explained(made: Making, case: Case) -> Explanation:
    """Return the row of ``case`` and the chain that leads to it; of many rows the same ``made`` reads the data once."""
    with building():
        return _chain(made, case)


def _chain(made: Making, case: Case) -> Explanation:
    made.prepare(made.periods([case]))
    row = made.with_districts(case, row_of(case, made.judge, made.units))
    proof = proof_of(made, case)
    links: list[tuple[Step, Iterator[Said]]] = [
        ("clause", _clause(made, case)),
        ("target", _target(made, case, row)),
        ("method", _method(row, proof)),
        ("data", _data(made, case, row, proof)),
        ("figure", _figure(row, proof)),
        ("room", _room(row)),
        ("chance", _chance(row)),
        ("status", iter([line_of_status(row)])),
        ("units", _units(row)),
    ]
    return Explanation(row=row, chain=[Link(step=step, lines=list(lines)) for step, lines in links])


def line_of_status(row: Row) -> Said:
    """Return the line that says how the target of ``row`` is judged, and by which rule."""
    return said("line.rule", status=said(f"status.{row.status}"), rule=row.reason_text)


def line_of_no_figure(row: Row) -> Said:
    """Return the line that says why ``row`` has no figure."""
    return said("line.no_figure", reason=row.reason_text)


def _clause(made: Making, case: Case) -> Iterator[Said]:
    plan, target = made.plan, case.target
    yield said("line.quote", quote=target.quote)
    document = f"《{plan.plan.title}》（{plan.source.file}）" if plan.plan.title else plan.source.file
    yield said("line.place", document=document, start=target.start, end=target.end)
    task = next((task for task in plan.tasks if task.id == target.task), None)
    if task is not None:
        yield said("line.task", task=f"{task.number or ''} {task.title}".strip())


def _target(made: Making, case: Case, row: Row) -> Iterator[Said]:
    if case.indicator is None:
        yield said("line.no_indicator", name=Said(zh=within_quotes(row.name), en=row.name))
    else:
        name = Said(zh=case.indicator.name, en=case.indicator.name_en)
        yield said("line.indicator", name=name, indicator=case.indicator.code)
    yield said("line.goal", goal=row.goal)
    if row.every is not None and row.next_due is not None:
        yield said(f"line.every_{row.every}", due=row.next_due)
    else:
        yield said("line.no_due") if row.due is None else said("line.due", due=row.due)
    from_nothing = counts_work(case.target, case.indicator) or measures_decline(case.indicator)
    if row.baseline is not None and row.baseline.value is not None and not (from_nothing and not row.baseline.value):
        source = _source_of_baseline(made, case, row)
        yield said("line.baseline", year=row.baseline.year, value=row.baseline.value, unit=row.unit, source=source)
    elif row.baseline is not None and row.reason == "no_baseline":
        yield said("line.no_baseline", year=row.baseline.year)
    if row.limits:
        yield said("line.levels", levels=levels(row, row.limits), unit=row.unit)
    found = made.judge.found(case).question
    if found is not None and found.reference is not None:
        entry = found.reference
        yield said("line.reference", value=entry.value, unit=row.unit, by=entry.by, on=entry.on, reason=entry.reason)
    if found is not None and found.standard is not None:
        yield said("line.standard", standard=citation(found.standard))
    if row.step and row.step != row.limits:
        yield said("line.step", levels=levels(row, row.step), unit=row.unit)


def _source_of_baseline(made: Making, case: Case, row: Row) -> Said:
    """Where the baseline comes from: somebody entered it, the plan prints it, or it is a figure of the data."""
    told = None if row.baseline is None else row.baseline.value
    entry = made.judge.baseline_entry(case)
    if entry is not None and entry.value == told:
        return said("word.by_entry", by=entry.by, on=entry.on, reason=entry.reason)
    return said("word.by_plan") if made.judge.prints_baseline(case) else said("word.by_data")


def _method(row: Row, proof: Proof) -> Iterator[Said]:
    """Method and standards of every reading; where there is none, why no figure is computed."""
    if not proof.readings:
        yield said(f"line.no_method.{_why_no_method(row)}")
    doubts = zip(row.unverified, row.unverified_en, strict=True)
    lines = [
        *(said("line.method", method=one.method) for one in proof.readings if one.method),
        *(said("line.standard", standard=standard) for one in proof.readings for standard in one.standards),
        *(said("line.regime", regime=one.regime) for one in proof.readings if one.regime),
        *(said("line.unverified", what=what) for one in proof.readings for what in one.unverified),
        *(said("line.unverified", what=Said(zh=zh, en=en)) for zh, en in doubts),
    ]
    yield from {line.zh: line for line in lines}.values()


def _why_no_method(row: Row) -> str:
    if row.reason == "by_person" or row.form == "qualitative":
        return "by_person"
    return "no_figure" if row.figure is None else "entered"


def _data(made: Making, case: Case, row: Row, proof: Proof) -> Iterator[Said]:
    span = made.judge.span(case)
    if proof.readings and case.region is not None and not isinstance(span, Unjudged):
        stations = made.evidence.stations_of(Matter(case.target, case.indicator, case.region, span, made.as_of))
        if stations:
            yield said("line.stations", count=len(stations), stations=stations)
    several = len(proof.readings) > 1
    for one in proof.readings:
        of = Joined(span_told(one.period), " ") if several else ""
        for used in one.used:
            yield said("line.used", what=Joined(of, used.what), count=used.count)
        for left in one.left_out:
            yield said("line.left_out", what=Joined(of, left.what), count=left.count, reason=left.reason)
    if row.completeness:
        yield said("line.completeness", completeness=row.completeness)
    if row.simulated:
        yield said("line.simulated")
    reports = made.evidence.reported.reports.version
    yield said("line.versions", lake=made.lake.version, statistics=None if reports < 0 else reports)


def _figure(row: Row, proof: Proof) -> Iterator[Said]:
    if row.figure is None:
        yield said("line.by_person") if row.reason == "by_person" else line_of_no_figure(row)
        return
    for step in proof.steps:
        yield said("line.calculation", step=step)
    code = "line.figure" if row.official else "line.figure.provisional"
    yield said(code, period=row.period, value=row.figure, unit=row.unit)
    if row.gap is not None:
        kind = "even" if row.gap == 0 else "short" if row.gap > 0 else "spare"
        yield said(f"line.gap.{kind}", gap=how_far(row.gap, row, row.limits), unit=unit_of_difference(row.unit))
    for share in row.districts:
        value = Decimal(0) if share.figure is None else share.figure
        if share.figure is not None:
            yield said("line.district", name=share.region_name, value=value, unit=row.unit)


def _room(row: Row) -> Iterator[Said]:
    if row.room is not None:
        yield Said(zh=room(row, "zh"), en=room(row, "en"))
    else:
        yield _nothing_to_come(row) or said("line.no_room")


def _chance(row: Row) -> Iterator[Said]:
    chance = row.chance
    if chance is None:
        yield _nothing_to_come(row) or said("line.chance.none", reason=said("chance.no_method"))
    elif chance.probability is None:
        yield said("line.chance.none", reason=Said(zh=no_chance(chance, "zh"), en=no_chance(chance, "en")))
    else:
        ends = {name: f"{getattr(chance, name):.2f}" for name in ("low", "middle", "high")}
        numbers = {"probability": probability(chance), "level": f"{chance.level:.0%}", "unit": row.unit}
        code = "line.chance" if chance.asked == "goal" else "line.chance.step"
        yield said(code, levels=levels(row, row.step), **numbers, **ends)
        if chance.tried:
            yield said("line.chance.coverage", tried=chance.tried, held=chance.held, years=chance.years)


def _nothing_to_come(row: Row) -> Said | None:
    """Why there is neither room nor probability: nothing to start from, or nothing left."""
    if row.figure is None:
        return said("line.without_figure")
    return said("line.over") if row.due is not None and row.next_due is None else None


def _units(row: Row) -> Iterator[Said]:
    if row.leads:
        yield said("line.leads", units=[unit.name for unit in row.leads])
    if row.supports:
        yield said("line.supports", units=[unit.name for unit in row.supports])
    if not row.leads and not row.supports:
        yield said("line.no_units")
