"""Which item of a new edition is which item of the old one.

Pairs are made in passes, the surest first. A pass gives items a key and pairs those with the same key; what a pass
pairs, later ones do not see. Rather no pair than a false one: an item without a partner is dropped or added.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from bilan.periods import Period
from bilan.plan.diff.likeness import NAMES_ALIKE, TEXTS_ALIKE, best_pairs, plain_name, renamed
from bilan.plan.ids import squeeze
from bilan.plan.model import CompiledPlan, Item, Measure, Project, Target, Task

ItemT = TypeVar("ItemT", bound=Item)
Key = Callable[[ItemT], Hashable | None]  # None: the item takes no part in the pass

_WHOLE_PLAN = frozenset(
    ("全国", "全省", "全市", "全区", "全县", "全州", "全域", "辖区", "本市", "本省", "本区", "本县")
)


@dataclass(frozen=True, slots=True)
class Pairs(Generic[ItemT]):
    """Items of two editions: the same ones side by side (in the order of the new edition), and the rest."""

    matched: list[tuple[ItemT, ItemT]]
    dropped: list[ItemT]
    added: list[ItemT]


class Edition:
    """What the passes ask about the items of one plan."""

    def __init__(self, plan: CompiledPlan) -> None:
        self.plan = plan

    @cached_property
    def titles(self) -> dict[str, str]:
        """Squeezed titles of tasks and sections by id."""
        titles = {section.id: squeeze(section.title) for section in self.plan.sections}
        return titles | {task.id: squeeze(task.title) for task in self.plan.tasks}

    def suffix(self, item: Item) -> str:
        """Return the part of the id that does not name the plan."""
        return item.id.removeprefix(f"{self.plan.plan.id}-")

    def under(self, item: Task | Target | Measure | Project) -> str | None:
        """Return the squeezed title of the task or section in which the item stands."""
        above = item.parent if isinstance(item, Task) else item.task
        return self.titles.get(above) if above else None


class Matcher(Generic[ItemT]):
    """Pairs the items of one list, pass by pass."""

    def __init__(self, old: Sequence[ItemT], new: Sequence[ItemT]) -> None:
        self.old, self.new = old, new
        # by their place in memory, as a list written by hand may name two items alike
        self._left = {id(item): item for item in old}, {id(item): item for item in new}
        self._partner: dict[int, ItemT] = {}  # of an item of the new edition: the one of the old

    def by_key(self, old_key: Key[ItemT], new_key: Key[ItemT]) -> None:
        """Pair items with the same key, in order."""
        olds, news = (_grouped(left.values(), key) for left, key in zip(self._left, (old_key, new_key), strict=True))
        for key, group in olds.items():
            for old, new in zip(group, news.get(key, ()), strict=False):
                self._pair(old, new)

    def by_likeness(
        self,
        old_block: Key[ItemT],
        new_block: Key[ItemT],
        text: Callable[[ItemT], str],
        least: float,
        score: Callable[[ItemT, ItemT], float] | None = None,
    ) -> None:
        """Pair items of one block that are each other's best, see :func:`~bilan.plan.diff.likeness.best_pairs`."""
        olds, news = (
            _grouped(left.values(), key) for left, key in zip(self._left, (old_block, new_block), strict=True)
        )
        for block, group in olds.items():
            for old, new in best_pairs(group, news.get(block, []), text, least, score):
                self._pair(old, new)

    def pairs(self) -> Pairs[ItemT]:
        matched = [(self._partner[id(new)], new) for new in self.new if id(new) in self._partner]
        return Pairs(matched, *(list(left.values()) for left in self._left))

    def _pair(self, old: ItemT, new: ItemT) -> None:
        self._partner[id(new)] = old
        del self._left[0][id(old)], self._left[1][id(new)]


def _grouped(items: Iterable[ItemT], key: Key[ItemT]) -> dict[Hashable, list[ItemT]]:
    groups: dict[Hashable, list[ItemT]] = defaultdict(list)
    for item in items:
        if (name := key(item)) is not None:
            groups[name].append(item)
    return groups


def end_of(due: str | None) -> str | None:
    """Return the month in which a period ends: ``2025`` and ``2025-12`` end alike.

    >>> end_of("2025"), end_of("2025Q1")
    ('2025-12', '2025-03')
    """
    if due is None:
        return None
    try:
        return f"{Period.parse(due).last:%Y-%m}"
    except ValueError:
        return due


def match_targets(old: Edition, new: Edition) -> Pairs[Target]:
    """Return the targets paired: by id, by indicator, scope, date and kind, then by a name that was only extended."""

    def what(target: Target) -> tuple[Hashable, ...]:
        return target.indicator or plain_name(target.name), _scope(target), target.season

    def promise(target: Target) -> tuple[Hashable, ...]:
        return *what(target), end_of(target.due), target.kind

    def passes(edition: Edition) -> list[Key[Target]]:
        return [
            lambda t: (edition.suffix(t), promise(t)),
            lambda t: (promise(t), edition.under(t), t.soft, t.operator, t.value, t.unit),
            lambda t: (promise(t), t.soft, t.operator, t.value, t.unit),
            lambda t: (promise(t), edition.under(t), t.soft),
            lambda t: (promise(t), t.soft),
            promise,
            lambda t: (edition.suffix(t), what(t)),
        ]

    matcher = Matcher(old.plan.targets, new.plan.targets)
    _match_ids(matcher, old, new, lambda target: squeeze(target.quote))
    for old_key, new_key in zip(passes(old), passes(new), strict=True):
        matcher.by_key(old_key, new_key)
    # a new date: only for what stands once in each edition, else a step dropped and a step added look like one moved
    single = _standing_once(old, new, what)
    matcher.by_key(*[lambda t: (what(t), t.kind) if what(t) in single else None] * 2)

    def block(edition: Edition) -> Key[Target]:
        return lambda t: (t.kind, squeeze(t.unit or ""), _scope(t), end_of(t.due), edition.under(t))

    def alike(left: Target, right: Target) -> float:
        same = left.indicator == right.indicator or None in (left.indicator, right.indicator)
        return renamed(left.name, right.name) if same else 0.0

    matcher.by_likeness(block(old), block(new), lambda target: plain_name(target.name), NAMES_ALIKE, alike)
    return matcher.pairs()


def _match_ids(matcher: Matcher[ItemT], old: Edition, new: Edition, words: Callable[[ItemT], str]) -> None:
    """Pair by id, whatever else changed.

    In two versions of one plan an id is enough. In two editions the part behind the plan's own counts the occurrences
    of the same words, so it tells only where these stand once in each.
    """
    if old.plan.plan.id == new.plan.plan.id:
        matcher.by_key(lambda item: item.id, lambda item: item.id)
        return

    def once(edition: Edition, items: Iterable[ItemT]) -> Key[ItemT]:
        counts = Counter(map(words, items))
        return lambda item: edition.suffix(item) if counts[words(item)] == 1 else None

    matcher.by_key(once(old, matcher.old), once(new, matcher.new))


def _standing_once(old: Edition, new: Edition, what: Key[Target]) -> set[Hashable]:
    groups = [_grouped(edition.plan.targets, what) for edition in (old, new)]
    return {key for key in groups[0] if all(len(group.get(key, ())) == 1 for group in groups)}


def _scope(target: Target) -> str | None:
    scope = squeeze(target.scope or "")
    return None if not scope or scope in _WHOLE_PLAN else scope


def match_tasks(old: Edition, new: Edition) -> Pairs[Task]:
    """Return the tasks paired: by id, by title and section, then by a title much like it."""
    matcher = Matcher(old.plan.tasks, new.plan.tasks)

    def passes(edition: Edition) -> list[Key[Task]]:
        return [
            lambda t: (edition.suffix(t), edition.under(t)),
            lambda t: (squeeze(t.title), edition.under(t)),
            lambda t: squeeze(t.title),
            edition.suffix,
        ]

    _match_ids(matcher, old, new, lambda task: squeeze(task.title))
    for old_key, new_key in zip(passes(old), passes(new), strict=True):
        matcher.by_key(old_key, new_key)
    matcher.by_likeness(_anywhere, _anywhere, lambda task: squeeze(task.title), TEXTS_ALIKE)
    return matcher.pairs()


def match_measures(old: Edition, new: Edition, tasks: Pairs[Task]) -> Pairs[Measure]:
    """Return the measures paired: by id, by their words, then by words much like them within the same task."""
    new_task = {left.id: right.id for left, right in tasks.matched}
    matcher = Matcher(old.plan.measures, new.plan.measures)
    _match_ids(matcher, old, new, lambda measure: squeeze(measure.text))
    for key in (lambda e: lambda m: (e.suffix(m), e.under(m)), lambda e: lambda m: (squeeze(m.text), e.under(m))):
        matcher.by_key(key(old), key(new))
    matcher.by_likeness(lambda m: new_task.get(m.task), lambda m: m.task, lambda m: squeeze(m.text), TEXTS_ALIKE)
    matcher.by_key(old.suffix, new.suffix)
    return matcher.pairs()


def match_projects(old: Edition, new: Edition) -> Pairs[Project]:
    """Return the projects paired: by id, by name and place, then by a name that was only extended."""
    matcher = Matcher(old.plan.projects, new.plan.projects)
    _match_ids(matcher, old, new, lambda project: squeeze(project.name))
    for key in (
        lambda e: lambda p: (e.suffix(p), p.place),
        lambda e: lambda p: (squeeze(p.name), p.place, e.under(p)),
        lambda e: lambda p: (squeeze(p.name), p.place),
        lambda e: e.suffix,
    ):
        matcher.by_key(key(old), key(new))
    matcher.by_likeness(
        _anywhere,
        _anywhere,
        lambda project: plain_name(project.name),
        NAMES_ALIKE,
        lambda left, right: renamed(left.name, right.name),
    )
    return matcher.pairs()


def _anywhere(item: Item) -> Hashable:
    return ""
