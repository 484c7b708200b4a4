"""What a unit leads and supports in the published plans, and how it stands: the duties of the plan and its board."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from bilan.board.model import Row
from bilan.plan.model import CompiledPlan, Duty, Measure, Task
from bilan.portal.board.boards import NoLakeError, board_of
from bilan.portal.board.choosing import plans_for
from bilan.portal.board.filters import slipping_first
from bilan.portal.board.lake import latest_day
from bilan.portal.board.sight import Answerable, Places, answerable_of
from bilan.portal.board.silent import known
from bilan.portal.board.sources import Asked
from bilan.portal.board.store import NotMadeError
from bilan.portal.board.twins import once
from bilan.portal.people.models import Region, Unit, UnitName, answering_for
from bilan.portal.rights.reach import reach

if TYPE_CHECKING:
    from django.http import HttpRequest

    from bilan.board.model import Head
    from bilan.board.model import Unit as Named
    from bilan.portal.board.sight import Sight
    from bilan.portal.plans.models import Plan

_WAIT = 3.0  # seconds that the page waits for a board

# As what a unit takes part in targets. It answers for those that it leads, and for those that it shares where nobody
# leads: the rule of the board (`units_of`), so that both count alike.
PARTS: Mapping[str, Any] = {
    "lead": _("牵头的目标"),
    "shared": _("按职责分工的目标"),
    "support": _("配合的目标"),
    "district": _("本地区有数可判的目标"),
}
ANSWERED = ("lead", "shared", "district")


@dataclass(frozen=True)
class Charge:
    """A task or measure of a plan, and as what the unit takes part in it."""

    role: str
    number: str
    title: str
    due: str


@dataclass(frozen=True)
class Standing:
    """One plan as a unit sees it: its targets by the part that it takes in them.

    ``missing`` says why there are no targets: no data, a board still being made or not to be made, no right to see it.
    ``hidden`` counts those that it leads or supports and the reader may not see.
    """

    plan: Plan
    place: Region
    head: Head | None = None
    parts: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    tasks: list[Charge] = field(default_factory=list)
    missing: str = ""
    hidden: int = 0

    @property
    def rows(self) -> list[Row]:
        """The targets, each once."""
        return [row for rows in self.parts.values() for row in rows]

    @property
    def answered(self) -> list[Row]:
        """The targets that it answers for: what the board counts for it, too."""
        return [row for part in ANSWERED for row in self.parts.get(part, ())]

    @property
    def groups(self) -> list[tuple[str, Sequence[Row]]]:
        """The targets of each part, under its words."""
        return [(str(words), self.parts[part]) for part, words in PARTS.items() if self.parts.get(part)]

    @property
    def query(self) -> str:
        """What an address of a target must carry to show it as it stands here."""
        return f"region={self.place.pk}" + (f"&as_of={self.head.as_of.isoformat()}" if self.head else "")


def standings(request: HttpRequest, unit: Unit) -> list[Standing]:
    """Return how ``unit`` stands in each published plan of its place that the reader may see."""
    mine = answering_for([unit.pk])
    found = (_standing(request, unit, mine, plan, sight) for plan, sight in plans_for(request, "board", "read"))
    return [one for one in found if one is not None]


def _standing(request: HttpRequest, unit: Unit, mine: frozenset[int], plan: Plan, sight: Sight) -> Standing | None:
    place = sight.places.by_id.get(unit.region_id)
    if place is None or plan.current is None:
        return None
    plan.current.plan = plan
    tasks: list[Charge] = []
    if reach(request.user, "task", "read").holds(place.path, [unit.pk]):
        tasks = charges(plan.current.compiled_plan(), sight.answerable, mine)
    if place.pk not in sight.seen_ids:
        return Standing(plan, place, tasks=tasks, missing="refused")
    try:
        answer = board_of(Asked(plan.current, latest_day(), place.pk), _WAIT)
    except NoLakeError:
        return Standing(plan, place, tasks=tasks, missing="no_lake")
    except NotMadeError:
        return Standing(plan, place, tasks=tasks, missing="failed")
    if answer is None:
        return Standing(plan, place, tasks=tasks, missing="making")
    rows = slipping_first(sight.rows(answer.value.rows, place.pk))
    seen = {row.target for row in rows}
    unseen = (row for row in answer.value.rows if row.target not in seen)
    hidden = sum(_names((*row.leads, *row.supports), sight.answerable, mine) for row in unseen)
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        parts[_part(row, sight.answerable, mine)].append(row)
    others = parts.pop("", [])
    if place.pk != plan.region_id:
        parts["district"] = known(others, plan, place)
    goals = {row.target for row in once(row for part in PARTS for row in parts.get(part, ()))}
    each = {part: [row for row in found if row.target in goals] for part, found in parts.items()}
    return Standing(plan, place, answer.value.board.head, each, tasks, hidden=hidden)


def many_of(standings: Iterable[Standing]) -> list[tuple[str, str, int]]:
    """Return each part that a unit takes in targets of all plans: its name, its words, in how many."""
    many = Counter({part: 0 for part in PARTS})
    for one in standings:
        many.update({part: len(rows) for part, rows in one.parts.items()})
    return [(part, str(PARTS[part]), count) for part, count in many.items() if count]


def _part(row: Row, answerable: Answerable, mine: frozenset[int]) -> str:
    """As what the units ``mine`` take part in a target; empty where the plan does not name them."""
    if _names(row.leads, answerable, mine):
        return "lead"
    if _names(row.supports, answerable, mine):
        return "support" if row.leads else "shared"
    return ""


def _names(named: Iterable[Named], answerable: Answerable, mine: frozenset[int]) -> bool:
    found = (answerable.called(one.name, one.department) for one in named)
    return any(unit is not None and unit.pk in mine for unit in found)


def charges(plan: CompiledPlan, answerable: Answerable, mine: frozenset[int]) -> list[Charge]:
    """Return the tasks and measures for which the plan names any of the units ``mine``, in the order of the plan."""
    led = {item for duty in plan.duties if duty.role == "lead" for item in duty.items}
    roles: dict[str, str] = {}
    for duty in plan.duties:
        unit = answerable.called(duty.unit, duty.department)
        if unit is not None and unit.pk in mine:
            for item in duty.items:
                if roles.get(item) != "lead":
                    roles[item] = "shared" if duty.role == "support" and item not in led else duty.role
    every: list[Task | Measure] = [*plan.tasks, *plan.measures]
    items = sorted(every, key=lambda item: item.start)
    return [_charge(item, roles[item.id]) for item in items if item.id in roles]


def _charge(item: Task | Measure, role: str) -> Charge:
    if isinstance(item, Task):
        return Charge(role, item.number or "", item.title, item.due or "")
    return Charge(role, "", item.text, item.due or "")


@dataclass(frozen=True)
class NameInPlan:
    """A unit as a plan calls it: how often it leads and supports, and the unit of the site that it is, if any.

    ``together`` where the plan names many at once (各县区政府), which is no unit; ``by_department`` where the name
    itself is unknown and only the department of the plan leads to the unit.
    """

    name: str
    written: tuple[str, ...]
    department: str
    leads: int
    supports: int
    unit: Unit | None
    by_department: bool
    dropped: UnitName | None

    @property
    def together(self) -> bool:
        return self.name.startswith(("各", "有关", "相关"))


def names_in(every: Sequence[Places]) -> list[list[NameInPlan]]:
    """Return the units that the current version of each plan names, those that are no unit of the site first."""
    return [_names_in(one.places.plan, one) for one in answerable_of(every)]


def _names_in(plan: Plan, answerable: Answerable) -> list[NameInPlan]:
    assert plan.current is not None
    plan.current.plan = plan
    forms = {one.name: one for unit in answerable.every for one in unit.names.all() if one.written}
    duties: dict[str, list[Duty]] = {}
    for duty in plan.current.compiled_plan().duties:
        duties.setdefault(duty.unit, []).append(duty)
    found = [_named(name, ones, answerable, forms.get(name)) for name, ones in duties.items()]
    return sorted(found, key=lambda one: (one.unit is not None, one.together, -one.leads, -one.supports))


def _named(name: str, duties: list[Duty], answerable: Answerable, dropped: UnitName | None) -> NameInPlan:
    department = next((duty.department for duty in duties if duty.department), None) or ""
    unit = answerable.called(name, department)
    return NameInPlan(
        name,
        tuple(dict.fromkeys(form for duty in duties for form in duty.written)),
        department,
        sum(len(duty.items) for duty in duties if duty.role == "lead"),
        sum(len(duty.items) for duty in duties if duty.role != "lead"),
        unit,
        unit is not None and answerable.called(name) is None,
        dropped,
    )
