"""Which item of a new edition is which item of the old one.

Pairs are made in passes, the surest first. A pass gives items a key and pairs those with the same key; what a pass
pairs, later ones do not see. Rather no pair than a false one: an item without a partner is dropped or added.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from bilan.periods import Period
from bilan.plan.ids import squeeze
from bilan.plan.model import CompiledPlan, Item, Measure, Project, Target, Task

ItemT = TypeVar("ItemT", bound=Item)
Key = Callable[[ItemT], Hashable | None]  # None: the item takes no part in the pass

# Words that make two otherwise similar names different things: a rename neither adds nor removes them
_TELLS_APART = re.compile(
    r"[0-9A-Za-z]|[一二三四五六七八九十ⅠⅡⅢⅣⅤ]|非|不|无|未|劣|再生|新增|累计|人均|单位|农村|城市|城镇|乡村|地下|地表|"
    r"国控|省控|市控|国考|省考|近岸|规模以上|重点|化学|氨氮|减少|下降|增长|增加"
)
_SYNONYMS = (("比率", "率"), ("比例", "率"), ("占比", "率"), ("比重", "率"), ("总量", "量"))
_WHOLE_PLAN = frozenset(
    ("全国", "全省", "全市", "全区", "全县", "全州", "全域", "辖区", "本市", "本省", "本区", "本县")
)
_NAMES_ALIKE = 70  # of 100; the words added or removed are checked besides
_TEXTS_ALIKE = 80


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
        self._new = new
        self._left: tuple[list[ItemT], list[ItemT]] = (list(old), list(new))
        self._partner: dict[str, ItemT] = {}  # id in the new edition -> item of the old one

    def by_key(self, old_key: Key[ItemT], new_key: Key[ItemT], *, alone: bool = False) -> None:
        """Pair items with the same key, in order; with ``alone`` only where each edition has just one."""
        olds, news = _grouped(self._left[0], old_key), _grouped(self._left[1], new_key)
        for key, group in olds.items():
            if alone and (len(group) > 1 or len(news.get(key, ())) > 1):
                continue
            for old, new in zip(group, news.get(key, ()), strict=False):
                self._pair(old, new)

    def by_likeness(self, score: Callable[[ItemT, ItemT], float], least: float) -> None:
        """Pair items that are each other's best and at least ``least`` alike; a tie pairs nothing."""
        likeness = [(score(old, new), old, new) for old in self._left[0] for new in self._left[1]]
        likeness = [entry for entry in likeness if entry[0] >= least]
        for mark, old, new in likeness:
            rivals = [entry for entry in likeness if (entry[1] is old) != (entry[2] is new)]
            if all(rival[0] < mark for rival in rivals):
                self._pair(old, new)

    def pairs(self) -> Pairs[ItemT]:
        matched = [(self._partner[new.id], new) for new in self._new if new.id in self._partner]
        return Pairs(matched, *self._left)

    def _pair(self, old: ItemT, new: ItemT) -> None:
        self._partner[new.id] = old
        self._left[0].remove(old)
        self._left[1].remove(new)


def _grouped(items: Sequence[ItemT], key: Key[ItemT]) -> dict[Hashable, list[ItemT]]:
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


def plain_name(name: str) -> str:
    """Return the name squeezed, with the words that plans use for one another made one.

    >>> plain_name("优良天数 比例") == plain_name("优良天数比率")
    True
    """
    name = squeeze(name)
    for word, same in _SYNONYMS:
        name = name.replace(word, same)
    return name


def renamed(old: str, new: str) -> float:
    """Return how alike two names are (0 to 100); 0 where the difference makes them names of two things.

    >>> renamed("空气质量优良天数比率", "优良天数比例") > 70
    True
    >>> renamed("国控断面优良比例", "省控断面优良比例"), renamed("化石能源占比", "非化石能源占比")
    (0.0, 0.0)
    """
    from rapidfuzz import fuzz
    from rapidfuzz.distance import Indel, Opcodes

    old, new = plain_name(old), plain_name(new)
    steps: Opcodes = Indel.opcodes(old, new)
    removed = [old[step.src_start : step.src_end] for step in steps if step.tag == "delete"]
    added = [new[step.dest_start : step.dest_end] for step in steps if step.tag == "insert"]
    if (removed and added) or any(_TELLS_APART.search(words) for words in (*removed, *added)):
        return 0.0
    return float(fuzz.ratio(old, new))


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
    for old_key, new_key in zip(passes(old), passes(new), strict=True):
        matcher.by_key(old_key, new_key)
    # a new date: only for what stands once in each edition, else a step dropped and a step added look like one moved
    single = _standing_once(old, new, what)
    matcher.by_key(*[lambda t: (what(t), t.kind) if what(t) in single else None] * 2)

    def alike(left: Target, right: Target) -> float:
        same = (
            left.kind == right.kind
            and squeeze(left.unit or "") == squeeze(right.unit or "")
            and _scope(left) == _scope(right)
            and end_of(left.due) == end_of(right.due)
            and old.under(left) == new.under(right)
            and (left.indicator == right.indicator or None in (left.indicator, right.indicator))
        )
        return renamed(left.name, right.name) if same else 0.0

    matcher.by_likeness(alike, _NAMES_ALIKE)
    return matcher.pairs()


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

    for old_key, new_key in zip(passes(old), passes(new), strict=True):
        matcher.by_key(old_key, new_key)
    matcher.by_likeness(lambda left, right: _ratio(left.title, right.title), _TEXTS_ALIKE)
    return matcher.pairs()


def match_measures(old: Edition, new: Edition, tasks: Pairs[Task]) -> Pairs[Measure]:
    """Return the measures paired: by id, by their words, then by words much like them within the same task."""
    same_task = {(left.id, right.id) for left, right in tasks.matched}
    matcher = Matcher(old.plan.measures, new.plan.measures)
    for key in (lambda e: lambda m: (e.suffix(m), e.under(m)), lambda e: lambda m: (squeeze(m.text), e.under(m))):
        matcher.by_key(key(old), key(new))

    def alike(left: Measure, right: Measure) -> float:
        return _ratio(left.text, right.text) if (left.task, right.task) in same_task else 0.0

    matcher.by_likeness(alike, _TEXTS_ALIKE)
    matcher.by_key(old.suffix, new.suffix)
    return matcher.pairs()


def match_projects(old: Edition, new: Edition) -> Pairs[Project]:
    """Return the projects paired: by id, by name and place, then by a name that was only extended."""
    matcher = Matcher(old.plan.projects, new.plan.projects)
    for key in (
        lambda e: lambda p: (e.suffix(p), p.place),
        lambda e: lambda p: (squeeze(p.name), p.place, e.under(p)),
        lambda e: lambda p: (squeeze(p.name), p.place),
        lambda e: e.suffix,
    ):
        matcher.by_key(key(old), key(new))
    matcher.by_likeness(lambda left, right: renamed(left.name, right.name), _NAMES_ALIKE)
    return matcher.pairs()


def _ratio(left: str, right: str) -> float:
    from rapidfuzz import fuzz

    return float(fuzz.ratio(squeeze(left), squeeze(right)))
