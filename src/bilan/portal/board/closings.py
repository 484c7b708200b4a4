"""Closing a period: a judgement that a person approved, what was shown then, and whether it would be the same now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bilan.board.model import Head, Row
from bilan.board.status import STATUSES, Status
from bilan.board.texts import amount, phrase
from bilan.periods import Period
from bilan.portal.audit.record import record
from bilan.portal.board.boards import Sheet, board_at_hand
from bilan.portal.board.forms import BY_PERSON
from bilan.portal.board.models import Closing
from bilan.portal.board.sources import Asked
from bilan.portal.board.store import NotMadeError
from bilan.portal.core.speech import language
from bilan.portal.people.models import Region, Unit, User

_TOLD: Mapping[str, Any] = {
    "period": _lazy("时段"),
    "status": _lazy("状态"),
    "figure": _lazy("数值"),
    "figure_unit": _lazy("单位"),
    "gap": _lazy("差距"),
    "plan_version": _lazy("规划版本"),
    "policy_version": _lazy("政策数据版本"),
    "software_version": _lazy("软件版本"),
}
_MOST_DAYS = 6  # boards of days of closings that one page asks for, the latest ones


class ClosingError(Exception):
    """The period cannot be closed; the message says why."""


@dataclass(frozen=True)
class Then:
    """A closing beside the ``row`` of its period as it is shown, and beside the one ``of_its_day`` by the data of now.

    That one is None while it is being made.
    """

    closing: Closing
    row: Row
    of_its_day: Row | None

    @property
    def status(self) -> Status:
        return self.closing.status  # type: ignore[return-value]

    @property
    def differs(self) -> bool:
        """Whether what was frozen has been corrected: the figure, or the answer, which depends on the day."""
        said = self._said
        return _text(self.row.figure) != self.figure or (said is not None and said.status != self.status)

    @property
    def is_whole(self) -> bool:
        """Whether there is an answer by the data of now."""
        return self._said is not None

    @property
    def _said(self) -> Row | None:
        return self.row if self.row.reason == BY_PERSON else self.of_its_day

    @property
    def figure(self) -> str:
        return self.closing.figure

    @property
    def shown(self) -> str:
        """The figure of then with its unit."""
        return amount(Decimal(self.closing.figure), self.closing.figure_unit) if self.closing.figure else ""


def closed_rows(asked: Asked, rows: Iterable[Row]) -> Mapping[str, Then]:
    """Return, by target, what is closed of the very periods that ``rows`` judge."""
    found = Closing.objects.in_force().filter(plan=asked.version.plan, region=asked.region)
    by_period = {(one.target, one.period): one for one in found}
    told = [(row, by_period.get((row.target, period_of(row, asked.as_of)))) for row in rows] if by_period else []
    closed = [(row, closing) for row, closing in told if closing is not None]
    days = sorted({closing.as_of for _row, closing in closed} - {asked.as_of}, reverse=True)[:_MOST_DAYS]
    boards = {day: _rows_of(asked, day) for day in days}
    return {
        row.target: Then(
            closing, row, row if closing.as_of == asked.as_of else boards.get(closing.as_of, {}).get(row.target)
        )
        for row, closing in closed
    }


def _rows_of(asked: Asked, day: date) -> Mapping[str, Row]:
    """The rows of another day by the data of now; none while they are being made."""
    try:
        answer = board_at_hand(replace(asked, as_of=day))
    except NotMadeError:
        return {}
    return {} if answer is None else answer.value.by_target


def period_of(row: Row, as_of: date) -> str:
    """Return the period that a row judges; where nobody can say over which, the year of the day."""
    return row.span or str(as_of.year)


def why_not(row: Row, as_of: date) -> str:
    """Return why the period of a row cannot be closed on ``as_of``; empty where it can."""
    if Period.parse(period_of(row, as_of)).last > as_of:
        return _("这个时段还没有结束，不能结账。")
    return ""


def judgement(row: Row, head: Head, as_of: date) -> dict[str, str]:
    """Return what a person approves who closes the period of ``row``: the fields of the closing, as text.

    The versions of the data are not among them: data arrive all the time, and what they change is the answer.
    """
    return {
        "period": period_of(row, as_of),
        "status": row.status,
        "figure": _text(row.figure),
        "figure_unit": row.unit,
        "gap": _text(row.gap),
        "plan_version": head.plan_version,
        "policy_version": head.policy_version,
        "software_version": head.bilan_version,
    }


def moved(seen: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return what is another now than a person saw, a phrase each; empty where it is the same judgement."""
    return [
        _("%(what)s：%(then)s → %(now)s")
        % {"what": told, "then": _worded(name, seen.get(name, "")), "now": _worded(name, now[name])}
        for name, told in _TOLD.items()
        if seen.get(name, "") != now[name]
    ]


def close(asked: Asked, sheet: Sheet, row: Row, region: Region, unit: Unit | None, user: User, remark: str) -> Closing:
    """Freeze what ``row`` says. Raises :class:`ClosingError` for a period that runs or is closed already."""
    if reason := why_not(row, asked.as_of):
        raise ClosingError(reason)
    plan, head = asked.version.plan, sheet.board.head
    closing = Closing(
        plan=plan,
        region=region,
        unit=unit,
        target=row.target,
        district=region.pk != plan.region_id,
        as_of=asked.as_of,
        version=asked.version,
        lake_version=head.lake_version,
        statistics_version=head.statistics_version,
        known_at=sheet.known_at,
        remark=remark,
        approved_by=user,
        **judgement(row, head, asked.as_of),
    )
    try:
        with transaction.atomic():
            closing.save()
            record("closing.approve", row=closing, label=row.name, new=_frozen(closing), plan=plan.slug)
    except IntegrityError:
        raise ClosingError(_("这个时段已经结账。")) from None
    return closing


@transaction.atomic
def reopen(closing: Closing, user: User, reason: str, name: str) -> None:
    """Open a closed period again. Raises :class:`ClosingError` where somebody else was quicker."""
    if not closing.reopen(user, reason):
        raise ClosingError(_("这个时段已经重新打开。"))
    record(
        "closing.reopen", row=closing, label=name, old=_frozen(closing), new={"reason": reason}, plan=closing.plan.slug
    )


def _frozen(closing: Closing) -> dict[str, str]:
    return {
        "target": closing.target,
        "period": closing.period,
        "status": closing.status,
        "figure": closing.figure,
        "plan_version": closing.plan_version,
        "lake_version": str(closing.lake_version),
    }


def _text(value: Decimal | None) -> str:
    return "" if value is None else format(value, "f")


def _worded(name: str, value: str) -> str:
    """A field of a judgement as it is shown. What a browser sends as a status need not be one."""
    return phrase(f"status.{value}", language()) if name == "status" and value in STATUSES else value[:40] or "—"
