"""What changed between two editions of a plan: promises raised, lowered, dropped and added, units and duties changed.

See Also
--------
bilan.plan.diff.match : which item of one edition is which of the other.
bilan.plan.diff.targets : what a change of a target means.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bilan.plan.diff.match import (
    Edition,
    ItemT,
    Pairs,
    end_of,
    match_measures,
    match_projects,
    match_targets,
    match_tasks,
)
from bilan.plan.diff.targets import FieldChange, figure, target_changes
from bilan.plan.diff.words import closed, or_none, tell
from bilan.plan.ids import squeeze
from bilan.plan.model import CompiledPlan, Duty, Item, Measure, Project, Target, Task
from bilan.plan.wording import ROLE
from bilan.policy.texts import Language
from bilan.policy.told import Joined, Told, in_language

LONGEST_NAME = 40  # characters of a measure in a line

_LISTS = ("targets", "tasks", "measures", "projects", "duties")


class ItemName(BaseModel):
    """An item of one edition; a target with its demand in words and its date. Words know their English."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    id: str
    name: Told
    figure: Told | None = None
    due: str | None = None

    def spoken(self, language: Language) -> ItemName:
        """Return the item with its words in one language."""
        demand = None if self.figure is None else in_language(self.figure, language)
        return self.model_copy(update={"name": in_language(self.name, language), "figure": demand})


class ItemChange(BaseModel):
    """An item that stands in both editions and is no longer the same."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    old_id: str
    new_id: str
    name: Told
    changes: list[FieldChange]

    def spoken(self, language: Language) -> ItemChange:
        """Return the item with its words in one language."""
        changes = [change.spoken(language) for change in self.changes]
        return self.model_copy(update={"name": in_language(self.name, language), "changes": changes})


class ListDiff(BaseModel):
    """One list: what is gone, what is new, what changed."""

    dropped: list[ItemName]
    added: list[ItemName]
    changed: list[ItemChange]

    def with_effect(self, *effects: str) -> list[ItemChange]:
        """Return the changed items of which some field moved one of these ways."""
        return [item for item in self.changed if any(change.effect in effects for change in item.changes)]

    def spoken(self, language: Language) -> ListDiff:
        """Return the list with its words in one language, as a page shows them."""
        return ListDiff.model_construct(
            dropped=[item.spoken(language) for item in self.dropped],
            added=[item.spoken(language) for item in self.added],
            changed=[item.spoken(language) for item in self.changed],
        )


class EditionName(BaseModel):
    """Which edition of which plan."""

    id: str
    version: str
    title: str | None


class PlanDiff(BaseModel):
    """The difference of two compiled plans, list by list."""

    old: EditionName
    new: EditionName
    targets: ListDiff
    tasks: ListDiff
    measures: ListDiff
    projects: ListDiff
    duties: ListDiff

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not any(part.dropped or part.added or part.changed for _, part in self._parts())

    def counts(self) -> dict[str, int]:
        """Return how many targets were raised, lowered (their figure), tightened, relaxed (their demand) and so on."""
        targets = self.targets
        return {
            "raised": sum(any(c.movement == "raised" for c in item.changes) for item in targets.changed),
            "lowered": sum(any(c.movement == "lowered" for c in item.changes) for item in targets.changed),
            "stricter": len(targets.with_effect("stricter")),
            "looser": len(targets.with_effect("looser")),
            "unit_changed": sum(any(c.field == "unit" for c in item.changes) for item in targets.changed),
            "dropped": len(targets.dropped),
            "added": len(targets.added),
        }

    def to_dict(self, language: Language = "zh") -> dict[str, object]:
        """Return the difference as plain data, for JSON, with its words in one language."""
        told = self.model_copy(update={name: part.spoken(language) for name, part in self._parts()})
        return told.model_dump(mode="json") | {"counts": self.counts()}

    def lines(self, language: Language = "zh") -> list[str]:
        """Return the difference, one change a line, with a heading for each list that changed."""
        if self.is_empty:
            return [in_language(tell("show.none"), language)]
        summary = tell("show.summary", **self.counts())
        told = [line for name, part in self._parts() for line in _list_lines(name, part.spoken(language), language)]
        return [in_language(summary, language), *told]

    def render(self, form: Literal["text", "json"] = "text", language: Language = "zh") -> str:
        """Return the difference as text for a person or as JSON."""
        if form == "json":
            return json.dumps(self.to_dict(language), ensure_ascii=False, indent=2)
        return "\n".join(self.lines(language))

    def _parts(self) -> Iterator[tuple[str, ListDiff]]:
        for name in _LISTS:
            yield name, getattr(self, name)


def diff_plans(old: CompiledPlan, new: CompiledPlan) -> PlanDiff:
    """Return what changed from ``old`` to ``new``, two versions or two editions of a plan.

    Items are the same where their ids agree apart from the plan, else where indicator, scope, date and kind do, else
    where a name was only shortened or extended. Order never matters.
    """
    before, after = Edition(old), Edition(new)
    tasks = match_tasks(before, after)
    measures = match_measures(before, after, tasks)
    same = {left.id: right.id for left, right in (*tasks.matched, *measures.matched)}
    return PlanDiff(
        old=_edition(old),
        new=_edition(new),
        targets=_list_diff(match_targets(before, after), target_changes),
        tasks=_list_diff(tasks, _task_changes),
        measures=_list_diff(measures, _measure_changes),
        projects=_list_diff(match_projects(before, after), _project_changes),
        duties=_duties(before, after, same),
    )


def _edition(plan: CompiledPlan) -> EditionName:
    return EditionName(id=plan.plan.id, version=plan.plan.version, title=plan.plan.title)


def _list_diff(pairs: Pairs[ItemT], changes_of: Callable[[ItemT, ItemT], Iterable[FieldChange]]) -> ListDiff:
    compared = [(old, new, list(changes_of(old, new))) for old, new in pairs.matched]
    return ListDiff(
        dropped=[_named(item) for item in pairs.dropped],
        added=[_named(item) for item in pairs.added],
        changed=[
            ItemChange(old_id=old.id, new_id=new.id, name=_name(new), changes=changes)
            for old, new, changes in compared
            if changes
        ],
    )


def _task_changes(old: Task, new: Task) -> Iterator[FieldChange]:
    yield from _words("title", old.title, new.title)
    yield from _units("leads", old.leads, new.leads)
    yield from _units("supports", old.supports, new.supports)
    yield from _units("implementers", old.implementers, new.implementers)
    yield from _due(old.due, new.due)


def _measure_changes(old: Measure, new: Measure) -> Iterator[FieldChange]:
    yield from _words("text", old.text, new.text)
    yield from _units("leads", old.leads, new.leads)
    yield from _units("supports", old.supports, new.supports)
    yield from _due(old.due, new.due)


def _project_changes(old: Project, new: Project) -> Iterator[FieldChange]:
    yield from _words("name", old.name, new.name)
    yield from _words("quantity", old.quantity, new.quantity)
    yield from _words("place", old.place, new.place)
    yield from _due(old.due, new.due)


def _words(field: str, old: str | None, new: str | None) -> Iterator[FieldChange]:
    if squeeze(old or "") != squeeze(new or ""):
        before, after = (or_none(_short(words)) if words else or_none(None) for words in (old, new))
        text = tell("change.of", word=tell(f"word.{field}"), old=before, new=after)
        yield FieldChange(field=field, old=old, new=new, text=text)


def _units(field: str, old: Sequence[str], new: Sequence[str]) -> Iterator[FieldChange]:
    before, after = {squeeze(unit): unit for unit in old}, {squeeze(unit): unit for unit in new}
    gone = [unit for key, unit in before.items() if key not in after]
    come = [unit for key, unit in after.items() if key not in before]
    if gone or come:
        code = "change.gone_and_come" if gone and come else "change.gone" if gone else "change.come"
        text = tell(code, word=tell(f"word.{field}"), gone=gone, come=come)
        yield FieldChange(field=field, old="\n".join(old) or None, new="\n".join(new) or None, text=text)


def _due(old: str | None, new: str | None) -> Iterator[FieldChange]:
    if end_of(old) != end_of(new):
        text = tell("change.of", word=tell("word.due"), old=or_none(old), new=or_none(new))
        yield FieldChange(field="due", old=old, new=new, text=text)


def _duties(before: Edition, after: Edition, same: Mapping[str, str]) -> ListDiff:
    """Return the units that came, went or answer for other things; ``same`` maps old ids to new ones."""
    olds = {(squeeze(duty.unit), duty.role): duty for duty in before.plan.duties}
    news = {(squeeze(duty.unit), duty.role): duty for duty in after.plan.duties}
    names = {item.id: _short(_name(item)) for item in _answered_for(before.plan, after.plan)}

    def changes(old: Duty, new: Duty) -> Iterator[FieldChange]:
        kept, wanted = {same.get(item, item) for item in old.items}, set(new.items)
        gone = [names.get(item, item) for item in old.items if same.get(item, item) not in wanted]
        come = [names.get(item, item) for item in new.items if item not in kept]
        yield from _units("items", gone, come)

    return _list_diff(
        Pairs(
            [(olds[key], duty) for key, duty in news.items() if key in olds],
            [duty for key, duty in olds.items() if key not in news],
            [duty for key, duty in news.items() if key not in olds],
        ),
        changes,
    )


def _answered_for(*plans: CompiledPlan) -> Iterator[Item]:
    for plan in plans:
        yield from plan.tasks
        yield from plan.measures


def _named(item: Item) -> ItemName:
    if isinstance(item, Target):
        return ItemName(id=item.id, name=_name(item), figure=figure(item), due=item.due)
    return ItemName(id=item.id, name=_name(item))


def _name(item: Item) -> Told:
    match item:
        case Target():
            name = tell("name.scoped", name=item.name, scope=item.scope) if item.scope else Joined(item.name)
            return tell("name.due", name=name, due=item.due) if item.due else name
        case Task():
            return Joined(item.title)
        case Measure():
            return Joined(item.text)
        case Duty():
            return tell("name.duty", unit=item.unit, role=closed(ROLE[item.role]))
        case _:
            return Joined(str(getattr(item, "name", item.id)))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}……"


def _line(item: ItemName, language: Language) -> str:
    """Return the name, for a target with its figure before the date: ``修复湿地 等于 1.5万亩，2028``."""
    if item.figure is None:
        return _short(item.name)
    date = in_language(tell("name.due", name="", due=item.due), language) if item.due else ""
    return f"{_short(item.name.removesuffix(date))} {_short(item.figure)}{date}"


def _list_lines(name: str, part: ListDiff, language: Language) -> Iterator[str]:
    if not (part.dropped or part.added or part.changed):
        return
    yield ""
    counts = {field: len(getattr(part, field)) for field in ("dropped", "added", "changed")}
    yield in_language(tell(f"show.{name}", **counts), language)
    yield from (f"- {_line(item, language)}" for item in part.dropped)
    yield from (f"+ {_line(item, language)}" for item in part.added)
    for item in part.changed:
        for change in item.changes:
            yield in_language(tell("show.change", item=_short(item.name), change=change.text), language)
