"""How a draft stands: what the compiler read, with the corrections that are in force."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bilan.plan.corrections import Edit, apply, sheet_named
from bilan.plan.model import CompiledPlan, Item
from bilan.plan.workbook.sheets import SHEETS
from bilan.portal.core.held import Held
from bilan.portal.plans.models import Correction, CorrectionKind, Draft
from bilan.portal.plans.reading import parsed

REVIEWED_LISTS: Final = tuple(sheet.list_name for sheet in SHEETS if not sheet.read_only)
UNREVIEWED, CARRIED, CONFIRMED = "unreviewed", "carried", "confirmed"
CORRECTED, REJECTED, ADDED = "corrected", "rejected", "added"
STATES: Final = (UNREVIEWED, CARRIED, CONFIRMED, CORRECTED, REJECTED, ADDED)
_UNSEEN: Final = (UNREVIEWED, CARRIED)

_reviews: Held[Review] = Held(16)  # a page asks for the same one many times
_STATE_AFTER: Final = {
    CorrectionKind.CONFIRM: CONFIRMED,
    CorrectionKind.CORRECT: CORRECTED,
    CorrectionKind.REJECT: REJECTED,
    CorrectionKind.RESTORE: CONFIRMED,
    CorrectionKind.ADD: ADDED,
}
_EDITS: Final = {
    CorrectionKind.CORRECT: "correct",
    CorrectionKind.REJECT: "remove",
    CorrectionKind.RESTORE: "add",
    CorrectionKind.ADD: "add",
}


@dataclass(slots=True, eq=False)
class Step:
    """What one person did at once. ``under`` is the row of each item that was in force when the step was made."""

    number: int
    rows: list[Correction] = field(default_factory=list)
    under: dict[str, Correction | None] = field(default_factory=dict)

    @property
    def by(self) -> int:
        return self.rows[0].by_id

    @property
    def items(self) -> set[str]:
        return {row.item for row in self.rows}


@dataclass(frozen=True)
class Review:
    """A draft after its corrections.

    ``number`` is that of the last one, ``touched`` the last that concerned an item, an undo of it included, and
    ``standing`` the last that holds. ``in_force`` and ``taken_back`` are the steps that hold and those that may be done
    again. Items that were rejected are in ``rejected``, as they last were.
    """

    plan: CompiledPlan
    text: str
    number: int
    states: dict[str, str]
    rejected: dict[str, tuple[str, Item]]
    touched: dict[str, Correction]
    standing: dict[str, Correction]
    in_force: list[Step]
    taken_back: list[Step]
    used_ids: frozenset[str]

    def state(self, item: str) -> str:
        return self.states.get(item, UNREVIEWED)

    def unseen(self, item: str) -> bool:
        """Whether nobody looked at an item by itself; one of a published version may stand by that alone."""
        return self.state(item) in _UNSEEN

    def items(self, list_name: str) -> list[Item]:
        """The items of a list, rejected ones at their place among them."""
        items: list[Item] = list(getattr(self.plan, list_name))
        gone = [item for name, item in self.rejected.values() if name == list_name]
        return sorted([*items, *gone], key=lambda item: getattr(item, "start", 0)) if gone else items

    def find(self, item: str) -> tuple[str, Item]:
        """The list and the item of that id, rejected or not. Raises KeyError."""
        if item in self.rejected:
            return self.rejected[item]
        for sheet in SHEETS:
            for one in sheet.items(self.plan):
                if one.id == item:
                    return sheet.list_name, one
        raise KeyError(item)

    def progress(self, list_name: str = "") -> tuple[int, int]:
        """How many items were reviewed or stand as published, and of how many; of one list or of all reviewed ones."""
        lists = (list_name,) if list_name else REVIEWED_LISTS
        ids = [item.id for name in lists for item in self.items(name)]
        return sum(self.state(id_) != UNREVIEWED for id_ in ids), len(ids)

    @property
    def carried(self) -> int:
        """How many items stand as published, and nobody looked at them by themselves."""
        ids = (item.id for name in REVIEWED_LISTS for item in self.items(name))
        return sum(self.state(id_) == CARRIED for id_ in ids)

    def reviewed_ids(self) -> list[str]:
        """The ids of items in the plan that somebody looked at."""
        kept = (item.id for name in REVIEWED_LISTS for item in getattr(self.plan, name))
        return [id_ for id_ in kept if not self.unseen(id_)]

    def last_of(self, user: int) -> Step | None:
        """The last step of a person that is in force."""
        return next((step for step in reversed(self.in_force) if step.by == user), None)

    def last_taken_back(self, user: int) -> Step | None:
        """The step that a person took back last and may do again."""
        return next((step for step in reversed(self.taken_back) if step.by == user), None)


def review_of(draft: Draft) -> Review:
    """Return how ``draft`` stands now."""
    last = draft.corrections.order_by("-number").values_list("pk", "number", "at").first()
    key = (draft.pk, draft.started_at, last)
    return _reviews.once(key, lambda: replayed(draft, _corrections(draft, last[1]) if last else []))


def _corrections(draft: Draft, up_to: int) -> list[Correction]:
    return list(draft.corrections.filter(number__lte=up_to).select_related("by").order_by("number"))


def review_at(draft: Draft, version: str) -> Review | None:
    """Return how ``draft`` stood when its plan had that version, lately; None where it never had."""
    now = review_of(draft)
    if now.plan.plan.version == version:
        return now
    rows = list(draft.corrections.select_related("by").order_by("number"))
    places = [place for place, row in enumerate(rows, start=1) if row.version == version]
    if places:
        return replayed(draft, rows[: places[-1]])
    begun = replayed(draft, [])
    return begun if begun.plan.plan.version == version else None


def replayed(draft: Draft, rows: Sequence[Correction]) -> Review:
    """Return the draft after ``rows``, its corrections in their order."""
    base = begun(draft)
    in_force, taken_back, touched = _steps(rows)
    holding = [row for step in in_force for row in step.rows]
    plan = apply(base, edits_of(holding))
    states = _published(draft, base)
    rejected: dict[str, tuple[str, Item]] = {}
    for row in holding:
        states[row.item] = _STATE_AFTER[CorrectionKind(row.kind)]
        rejected.pop(row.item, None)
        if row.kind == CorrectionKind.REJECT:
            model = sheet_named(row.list_name).model
            rejected[row.item] = (row.list_name, model.model_validate(json.loads(row.old)))
    used = frozenset(row.item for row in rows)
    number = rows[-1].number if rows else 0
    standing = {row.item: row for row in holding}
    return Review(plan, draft.document.text, number, states, rejected, touched, standing, in_force, taken_back, used)


def begun(draft: Draft) -> CompiledPlan:
    """Return the plan with which the review began."""
    return parsed(("draft", draft.pk, draft.started_at), lambda: draft.compiled)


def _published(draft: Draft, base: CompiledPlan) -> dict[str, str]:
    """The states of items that a revision takes over: confirmed for its version, or published with it unseen.

    What a draft that goes on from another one had not looked at is still to be looked at.
    """
    version = draft.revises
    if version is None:
        return {}
    items = () if draft.continues_id else (item.id for name in REVIEWED_LISTS for item in getattr(base, name))
    return dict.fromkeys(items, CARRIED) | dict.fromkeys(version.reviewed, CONFIRMED)


def edits_of(rows: Iterable[Correction]) -> Iterator[Edit]:
    """Yield what corrections do to the plan; a confirmation does nothing."""
    for row in rows:
        kind: Any = _EDITS.get(CorrectionKind(row.kind))
        if kind:
            yield Edit(kind, row.list_name, row.item, json.loads(row.old or "{}"), json.loads(row.new or "{}"))


def _steps(rows: Sequence[Correction]) -> tuple[list[Step], list[Step], dict[str, Correction]]:
    """Return the steps that hold, those that may be done again, and the last row that concerned each item."""
    steps: dict[int, Step] = {}
    holding: set[int] = set()
    again: list[int] = []
    touched: dict[str, Correction] = {}
    held: dict[str, list[Correction]] = defaultdict(list)  # the rows of each item that hold, one upon the other
    for row in rows:
        if row.of_step is None:
            step = steps.setdefault(row.step, Step(row.step))
            step.under[row.item] = held[row.item][-1] if held[row.item] else None
            step.rows.append(row)
            holding.add(row.step)
            held[row.item].append(row)
            touched[row.item] = row
            again = [number for number in again if steps[number].by != row.by_id]
            continue
        step = steps[row.of_step]
        if row.kind == CorrectionKind.UNDO:
            holding.discard(row.of_step)
            again.append(row.of_step)
            for one in step.rows:
                held[one.item].remove(one)
        else:
            holding.add(row.of_step)
            again.remove(row.of_step)
            for one in step.rows:
                held[one.item].append(one)
        touched |= dict.fromkeys(step.items, row)
    return [steps[number] for number in sorted(holding)], [steps[number] for number in again], touched
