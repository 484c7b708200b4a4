"""What the grammar found in the repaired text, made into items with ids, links and source spans."""

from __future__ import annotations

import re
from collections import Counter

from bilan import __version__
from bilan.periods import Period
from bilan.plan.document import Document
from bilan.plan.gaps import unreadable_tables
from bilan.plan.grammar import lexicon
from bilan.plan.grammar.dates import dates
from bilan.plan.grammar.found import Found
from bilan.plan.grammar.head import Head
from bilan.plan.grammar.measures import stretches
from bilan.plan.grammar.places import leading_places, without_place
from bilan.plan.grammar.projects import Named, table_projects, text_projects
from bilan.plan.grammar.regions import plan_region, scope_region
from bilan.plan.grammar.responsibility import Answer, Unit, answers, charged
from bilan.plan.grammar.scraps import row_goals, row_lines, scrap_goals, zones
from bilan.plan.grammar.structure import Part
from bilan.plan.grammar.tables import Row, table_goals
from bilan.plan.grammar.targets import Promise, promises
from bilan.plan.ids import IdMaker, plan_id
from bilan.plan.mapped import Mapped
from bilan.plan.model import CompiledPlan, Measure, Place, PlanInfo, Project, Section, Source, Target, Task

# What a goal keeps from the clause in which the grammar found it.
_GOAL_FIELDS = (
    "kind",
    "name",
    "operator",
    "value",
    "value_max",
    "unit",
    "value_kind",
    "strict",
    "soft",
    "approx",
    "bound",
    "reference",
)
_VALIDITY = re.compile(r"^本[^\W\dA-Za-z_]{2,8}(?:自|有效期)|同时废止$|^有效期")


class Assembly:
    """One plan under construction: call :meth:`build` once."""

    def __init__(self, document: Document, mapped: Mapped, found: list[Part], head: Head, region: str | None) -> None:
        self.document, self.mapped, self.parts, self.head = document, mapped, found, head
        self.ids = IdMaker(plan_id(document.sha256))
        self.region = plan_region(head.title, mapped.text, region)
        self.item_of: dict[int, str] = {}  # id(part) -> item id
        self.holds_on: list[Unit] = []

    def build(self) -> CompiledPlan:
        sections = [self._section(p) for p in self.parts if not p.is_task]
        self.answers = {id(p): answers(self.mapped.text, p.start, p.body_end) for p in self.parts if not p.children}
        _first_leads([a for p in self.parts for a in self.answers.get(id(p), [])])
        tasks = [self._task(p) for p in self.parts if p.is_task]
        scraps = zones(self.mapped.text)
        skip = [(z.start, z.end) for z in scraps] + row_lines(self.mapped.text)
        found = list(promises(self.mapped.text, self.parts, self.head, self.region, skip))
        shared = Counter((p.clause, p.found.value) for p in found)
        targets = [self._target(p, alone=shared[p.clause, p.found.value] == 1) for p in found]
        targets += [self._row(r, r.start, r.end) for t in self.document.tables for r in table_goals(t, self.head.due)]
        targets += [
            self._row(r, *self._span(r.start, r.end))
            for z in scraps
            for r in scrap_goals(self.mapped.text, z, self.head.due)
        ]
        targets += [
            self._row(r, *self._span(r.start, r.end))
            for r in row_goals(self.mapped.text, self.head.due)
            if not any(z.start <= r.start < z.end for z in scraps)
        ]
        targets = _merge_restated(sorted(targets, key=lambda t: (t.start, t.end)))
        measures = [m for p in self.parts if p.is_task for m in self._measures(p)]
        plan = CompiledPlan(
            compiler=f"bilan {__version__}",
            plan=self._info(),
            sections=sections,
            tasks=tasks,
            targets=targets,
            measures=measures,
            projects=self._projects(),
            duties=[],
            gaps=unreadable_tables([(z.caption, *self._span(z.start, z.end)) for z in scraps], self.ids),
            source=Source(
                file=self.document.name,
                media_type=self.document.media_type,
                sha256=self.document.sha256,
                encoding=self.document.encoding,
                characters=len(self.document.text),
                text=None if self.document.is_plain else self.document.text,
                unread=list(self.document.unread),
                notes=list(self.document.notes),
                repairs=sorted(self.mapped.repairs, key=lambda r: (r.start, r.end)),
            ),
        )
        return plan

    def _info(self) -> PlanInfo:
        head = self.head
        return PlanInfo(
            id=self.ids.plan_id,
            version="",
            title=self._as_issued(head.title) if head.title else None,
            region=self.region.id,
            region_name=self.region.name,
            issuer=head.issuer,
            document_number=head.number,
            issued=head.issued,
            period=head.period,
            superior=[self._as_issued(name) for name in head.superior],
        )

    def _as_issued(self, words: str) -> str:
        """``words`` of the repaired text as the document prints them, full-width brackets and all."""
        at = self.mapped.text.find(words)
        return words if at < 0 else self.mapped.printed(at, at + len(words))

    def _span(self, start: int, end: int) -> tuple[int, int]:
        if end <= start:
            at = self.mapped.span(start, start + 1)[0] if start < len(self.mapped.text) else len(self.document.text)
            return at, at
        return self.mapped.span(start, end)

    def _heading(self, part: Part, kind: str) -> dict[str, object]:
        start, end = self._span(part.start, part.end)
        body = self._span(part.body_start, part.body_end)
        item = self.ids.make(kind, part.title)
        title = part.end - len(part.title)
        words = self.mapped.text[title : part.end]
        self.item_of[id(part)] = item
        return {
            "id": item,
            "number": part.number,
            "title": self.mapped.printed(title, part.end) if words == part.title else part.title,
            "parent": self.item_of.get(id(part.parent)) if part.parent else None,
            "start": start,
            "end": end,
            "body_start": body[0],
            "body_end": body[1],
        }

    def _section(self, part: Part) -> Section:
        ranks = sorted({p.rank for p in self.parts})
        return Section.model_validate({**self._heading(part, "section"), "level": ranks.index(part.rank) + 1})

    def _task(self, part: Part) -> Task:
        found = self.answers[id(part)]
        for answer in found:
            if answer.holds_on:
                self.holds_on = answer.holds_on
        units = [u for a in found for u in a.units] or charged(self.mapped.text, part.body_start, part.body_end)
        own = [u for u in units if u.role == "implementer"]
        return Task.model_validate(
            {
                **self._heading(part, "task"),
                "leads": self._written([u for u in units if u.role == "lead"]),
                "supports": self._written([u for u in units if u.role == "support"]),
                "implementers": self._written([*own, *self.holds_on]),
                "open_ended": any(a.open_ended for a in found),
                "due": _latest_due(self.mapped.text[part.body_start : part.body_end], self.head) or self.head.due,
            }
        )

    def _written(self, units: list[Unit]) -> list[str]:
        return list(dict.fromkeys(re.sub(r"\s+", "", self.mapped.printed(u.start, u.end)) for u in units))

    def _target(self, promise: Promise, *, alone: bool) -> Target:
        goal = promise.found
        # The clause as issued, so that a better repair or name changes no id; the value tells its goals apart.
        words = self.mapped.printed(*promise.clause) + f"|{goal.value}" + ("" if alone else f"|{goal.name}")
        return self._make_target(
            goal,
            words,
            self._span(promise.start, promise.end),
            baseline_year=promise.baseline,
            due=promise.due,
            due_source=promise.source,
            scope=promise.scope,
            region=scope_region(promise.scope, self.region),
            season=promise.season,
            recurrence=promise.recurrence,
            task=self.item_of.get(id(promise.part)) if promise.part and promise.part.is_task else None,
            confidence=round(max(0.1, goal.confidence - (0 if self._indicator(goal) else 0.25)), 2),
        )

    def _row(self, row: Row, start: int, end: int) -> Target:
        places, _ = leading_places(row.found.name, self.region)
        scope = places[0] if len(places) == 1 else None
        return self._make_target(
            row.found,
            f"{row.found.name}|{row.due}",
            (start, end),
            baseline_year=row.baseline_year,
            baseline_value=row.baseline,
            due=row.due,
            due_source="table",
            scope=scope,
            region=scope_region(scope, self.region),
            nature=row.nature,
            confidence=row.found.confidence,
        )

    def _make_target(self, goal: Found, words: str, span: tuple[int, int], **place: object) -> Target:
        return Target.model_validate(
            {
                **{name: getattr(goal, name) for name in _GOAL_FIELDS},
                **place,
                "id": self.ids.make("target", words),
                "indicator": self._indicator(goal),
                "quote": self.document.text[slice(*span)],
                "start": span[0],
                "end": span[1],
            }
        )

    def _indicator(self, goal: Found) -> str | None:
        match = lexicon.find(without_place(goal.name, self.region))
        return match.indicator.code if match else None

    def _measures(self, part: Part) -> list[Measure]:
        found = self.answers[id(part)]
        start = part.body_start
        if not self.mapped.text[part.body_start : part.body_end].strip("。:; \n"):
            start = part.end - len(part.title)
        made = []
        for s in stretches(self.mapped.text, start, part.body_end, found):
            a, b = self._span(s.start, s.end)
            units = [u for answer in s.answers for u in answer.units]
            text = self.mapped.text[s.start : s.end]
            if _VALIDITY.search(text):
                continue
            made.append(
                Measure(
                    id=self.ids.make("measure", text),
                    task=self.item_of[id(part)],
                    text=self.mapped.printed(s.start, s.end),
                    start=a,
                    end=b,
                    leads=self._written([u for u in units if u.role == "lead"]),
                    supports=self._written([u for u in units if u.role == "support"]),
                    due=_latest_due(text, self.head),
                )
            )
        return made

    def _projects(self) -> list[Project]:
        rows = [p for t in self.document.tables for p in table_projects(t)]
        named = [
            p
            for part in self.parts
            if not part.children and not part.is_past
            for p in text_projects(self.mapped.text, part)
        ]
        made = [self._project(p, p.start, p.end) for p in rows]
        made += [self._project(p, *self._span(p.start, p.end)) for p in named]
        first = {p.name: p for p in sorted(made, key=lambda p: (p.start, p.end), reverse=True)}
        return sorted(first.values(), key=lambda p: (p.start, p.end))

    def _project(self, named: Named, start: int, end: int) -> Project:
        return Project(
            id=self.ids.make("project", named.name),
            name=named.name,
            quantity=named.quantity,
            place=named.place,
            task=self.item_of.get(id(named.part)) if named.part and named.part.is_task else None,
            due=named.due,
            start=start,
            end=end,
        )


def _first_leads(found: list[Answer]) -> None:
    """Where the plan says so once, the first unit of each list that follows leads."""
    holds = group = False
    for answer in found:
        holds, group = holds or answer.first_leads, group or answer.group_leads
        if holds and answer.units and not answer.of("lead"):
            several = len({u.group for u in answer.units}) > 1
            for unit in answer.units:
                if unit is answer.units[0] or (group and several and unit.group == answer.units[0].group):
                    unit.role = "lead"


# What makes two targets one promise: everything but where and how surely it was read.
_PROMISE = tuple(
    name
    for name in Target.model_fields
    if name not in {"id", "start", "end", "quote", "task", "restated", "confidence", "due_source"}
)


def _merge_restated(targets: list[Target]) -> list[Target]:
    """One target per promise: the same words with the same figure and date elsewhere become a place of the first.

    Amounts of work add up over tasks, so two tasks never share one; rows of a table stay rows.
    """
    first: dict[tuple[object, ...], Target] = {}
    kept = []
    for t in targets:
        key = (*(getattr(t, name) for name in _PROMISE), t.task if t.kind == "task_quantity" else None)
        same = first.setdefault(key, t)
        if same is t or t.value is None or "table" in (t.due_source, same.due_source) or t.start < same.end:
            kept.append(t)
        else:
            same.restated.append(Place(start=t.start, end=t.end, task=t.task))
    return kept


def _latest_due(text: str, head: Head) -> str | None:
    """The latest deadline that ``text`` names."""
    due = [d.period for d in dates(text, head.year, head.issued_year) if d.kind == "due"]
    return max(due, key=lambda period: Period.parse(period).last, default=None)
