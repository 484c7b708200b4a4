"""The units that answer for a target: those of the measure in which it stands, else those of its task.

A target among the goals of the plan stands in no task. Those answer for it in whose tasks it is said again, or in whose
tasks another target of the same indicator stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bilan.board.model import Unit
from bilan.plan.model import CompiledPlan, Duty, Measure, Target


@dataclass(frozen=True)
class Units:
    """Who answers for what in ``plan``."""

    plan: CompiledPlan
    _found: dict[tuple[str, tuple[str, ...]], list[Unit]] = field(default_factory=dict)  # by target, for all regions

    def leads(self, target: Target) -> list[Unit]:
        """Return the leading units, in the order in which the plan names them; none where it names none."""
        return self._of(target, ("lead",))

    def supports(self, target: Target) -> list[Unit]:
        """Return the units that support, and those that carry it out on the spot."""
        return self._of(target, ("support", "implementer"))

    def _of(self, target: Target, roles: tuple[str, ...]) -> list[Unit]:
        key = target.id, roles
        if key not in self._found:
            self._found[key] = list(self._looked_up(target, roles).values())
        return self._found[key]

    def _looked_up(self, target: Target, roles: tuple[str, ...]) -> dict[str, Unit]:
        found: dict[str, Unit] = {}
        for item in self._items(target):
            for duty in self._duties.get(item, ()):
                if duty.role in roles:
                    found.setdefault(duty.unit, Unit(name=duty.unit, department=duty.department))
        return found

    def _items(self, target: Target) -> list[str]:
        """The measure around the target's words where it names units of its own, else the task."""
        around = [m for m in self._measures.get(target.task or "", ()) if m.start <= target.start < m.end]
        closest = min(around, key=lambda measure: measure.end - measure.start, default=None)
        if closest is not None and self._duties.get(closest.id):
            return [closest.id]
        if target.task:
            return [target.task]
        again = [place.task for place in target.restated if place.task]
        return again or self._tasks_of.get(target.indicator or "", [])

    @cached_property
    def _tasks_of(self) -> Mapping[str, list[str]]:
        """The tasks in which targets of each indicator stand."""
        found: dict[str, list[str]] = defaultdict(list)
        for target in self.plan.targets:
            if target.indicator and target.task and target.task not in found[target.indicator]:
                found[target.indicator].append(target.task)
        return dict(found)

    @cached_property
    def _measures(self) -> Mapping[str, list[Measure]]:
        found = defaultdict(list)
        for measure in self.plan.measures:
            found[measure.task].append(measure)
        return dict(found)

    @cached_property
    def _duties(self) -> Mapping[str, list[Duty]]:
        found = defaultdict(list)
        for duty in self.plan.duties:
            for item in duty.items:
                found[item].append(duty)
        return dict(found)
