"""The board of a plan on a day, kept by everything that it was made from."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bilan import __version__
from bilan.board.cases import Case, Cases
from bilan.board.entries import Entries
from bilan.board.evidence import Evidence
from bilan.board.judge import Judge
from bilan.board.model import Board, Head, Row
from bilan.board.notes import notes
from bilan.board.rows import row_of
from bilan.board.shares import shares
from bilan.board.status import STATUSES
from bilan.board.units import Units
from bilan.evaluate.engine import building
from bilan.evaluate.kept import Kept
from bilan.evaluate.statistics.reading import reports_version
from bilan.policy import resource_version

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

    from bilan.observe import Lake
    from bilan.periods import Period
    from bilan.plan.model import CompiledPlan

Progress = Callable[[str, float], None]
_BEIJING = ZoneInfo("Asia/Shanghai")
_EVERY = 50  # rows between two reports of progress


def make_board(
    plan: CompiledPlan,
    lake: Lake,
    backend: SQLBackend,
    *,
    as_of: date,
    known_at: datetime | None = None,
    region: str | None = None,
    entries: Entries | None = None,
    kept: Kept | None = None,
    progress: Progress | None = None,
) -> Board:
    """Return the board of ``plan`` on the evening of ``as_of``, from the facts in ``lake``.

    ``known_at``: as the facts were known then, and as people had decided by that day (Beijing time), else as of now.
    ``region`` (an id, or a name, looked up within the plan's own first) takes the place of the plan's own. ``entries``
    are the decisions of people. ``kept`` holds boards and days computed before; the same board is not made again while
    the rows that it rests on, the plan, the entries, the policy and the software are the same.

    Raises :class:`~bilan.evaluate.places.RegionError` for an unknown region.
    """
    made = Making(plan, lake, backend, as_of, known_at, region, entries or Entries(), kept or Kept(None))
    return made.kept_board(progress)


@dataclass(frozen=True)
class Making:
    """Everything that a board is made from."""

    plan: CompiledPlan
    lake: Lake
    backend: SQLBackend
    as_of: date
    known_at: datetime | None
    region: str | None
    taken: Entries
    kept: Kept

    @cached_property
    def entries(self) -> Entries:
        """The decisions of people, as far as they were known."""
        taken = self.taken.of_plan(self.plan)
        return taken if self.known_at is None else taken.known(self.known_at.astimezone(_BEIJING).date())

    @cached_property
    def cases(self) -> Cases:
        """The targets in their regions."""
        return Cases(self.plan, self.entries, self.as_of, self.region)

    @cached_property
    def evidence(self) -> Evidence:
        """What the lake and people say."""
        return Evidence(self.lake, self.backend, self.cases.regions, self.entries, self.known_at, self.kept)

    @cached_property
    def judge(self) -> Judge:
        """What finds out about a case."""
        return Judge(self.plan, self.evidence, self.entries, self.as_of)

    @cached_property
    def units(self) -> Units:
        """Who answers for what."""
        return Units(self.plan)

    @cached_property
    def key(self) -> list[str]:
        """All that the board depends on, apart from policy and software."""
        codes = {target.indicator for target in self.plan.targets if target.indicator}
        plan = hashlib.sha256(self.plan.model_dump_json().encode()).hexdigest()
        place = self.cases.own
        asked = [str(self.as_of), str(self.known_at), "" if place is None else place.id]
        return ["board", plan, *asked, *self.evidence.identity(codes, self.as_of)]

    def kept_board(self, progress: Progress | None = None) -> Board:
        """Return the board that is kept, else compute and keep it."""
        data = self.kept.get(self.key)
        with building():
            if data is not None:
                return self.with_versions(Board.model_validate_json(data))
            board = self.board(progress)
        self.kept.put(self.key, board.model_dump_json().encode())
        return board

    def board(self, progress: Progress | None = None) -> Board:
        """Return the board, computed."""
        rows = list(self._rows(progress or (lambda what, share: None)))
        made = [self.with_districts(case, row) for case, row in rows]
        return Board(head=self._head(made), rows=made)

    def _rows(self, say: Progress) -> Iterator[tuple[Case, Row]]:
        """Yield every case with its row, in the order of the plan; the air is read once for all of them."""
        say("读取监测数据", 0.0)
        cases = list(self.cases)
        self.prepare(self.periods(cases))
        for done, case in enumerate(cases):
            if not done % _EVERY:
                say("逐项判定", done / len(cases))
            yield case, row_of(case, self.judge, self.units)

    def periods(self, cases: list[Case]) -> list[Period]:
        """Return the periods of which ``cases`` need figures of ambient air."""
        air = [case for case in cases if case.indicator is not None and self.evidence.rests_on_air(case.indicator)]
        return list({str(period): period for case in air for period in self.judge.periods(case)}.values())

    def prepare(self, periods: list[Period]) -> None:
        """Compute the figures of ambient air of ``periods`` in one query."""
        if periods:
            self.evidence.air.prepare(periods)

    def with_districts(self, case: Case, row: Row) -> Row:
        """Return ``row`` with what its districts have."""
        found = shares(case, self.cases, self.judge) if case.whole else []
        return row.model_copy(update={"districts": found}) if found else row

    def with_versions(self, board: Board) -> Board:
        """Return a kept ``board`` of the lake as it is now: what it rests on is the same, other things may be new."""
        return board.model_copy(update={"head": board.head.model_copy(update=self._versions())})

    def _versions(self) -> dict[str, int]:
        return {"lake_version": self.lake.version, "statistics_version": reports_version(self.lake)}

    def _head(self, rows: list[Row]) -> Head:
        counted = Counter(row.status for row in rows if not row.district)
        place, info = self.cases.own, self.plan.plan
        return Head(
            plan=info.id,
            plan_title=info.title,
            plan_version=info.version,
            region=place.id if place else None,
            region_name=place.name if place else None,
            as_of=self.as_of,
            known_at=self.known_at,
            policy_version=resource_version(),
            **self._versions(),
            bilan_version=__version__,
            counts={status: counted[status] for status in STATUSES},
            simulated=any(row.simulated for row in rows),
            notes=notes(
                [row for row in rows if not row.district],
                self.known_at,
                instead_of=self.cases.of_plan,
                region=place,
                empty=self.evidence.is_empty,
            ),
        )
