"""Closing a period: a judgement that a person approved, what was shown then, and whether it would be the same now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bilan.board.model import Board, Row
from bilan.board.status import Status
from bilan.board.texts import amount
from bilan.portal.audit.record import record
from bilan.portal.board.days import period_called
from bilan.portal.board.models import Closing
from bilan.portal.board.sources import Asked
from bilan.portal.people.models import Region, Unit, User


class ClosingError(Exception):
    """The period cannot be closed; the message says why."""


@dataclass(frozen=True)
class Then:
    """A closing beside the row as it is now, None where the row cannot be made any more."""

    closing: Closing
    now: Row | None

    @property
    def status(self) -> Status:
        return self.closing.status  # type: ignore[return-value]

    @property
    def differs(self) -> bool:
        """Whether what was frozen is not what would be said today."""
        return self.now is not None and (
            self.now.status != self.closing.status or _text(self.now.figure) != self.figure
        )

    @property
    def figure(self) -> str:
        return self.closing.figure

    @property
    def shown(self) -> str:
        """The figure of then with its unit."""
        return amount(Decimal(self.closing.figure), self.closing.figure_unit) if self.closing.figure else ""


def closed_rows(asked: Asked, rows: Iterable[Row]) -> Mapping[str, Then]:
    """Return, by target, what is closed of the very periods that ``rows`` are of."""
    found = Closing.objects.in_force().filter(plan=asked.version.plan, region=asked.region)
    by_period = {(one.target, one.period): one for one in found}
    if not by_period:
        return {}
    return {
        row.target: Then(by_period[key], row)
        for row in rows
        if (key := (row.target, period_of(row, asked.as_of))) in by_period
    }


def period_of(row: Row, as_of: date) -> str:
    """Return the period that a row judges: that of its figure, else the year of the day."""
    return row.period or str(as_of.year)


def why_not(row: Row, as_of: date) -> str:
    """Return why the period of a row cannot be closed on ``as_of``; empty where it can."""
    if period_called(period_of(row, as_of)).last > as_of:
        return _("这个时段还没有结束，不能结账。")
    return ""


def close(asked: Asked, board: Board, row: Row, region: Region, unit: Unit | None, user: User, remark: str) -> Closing:
    """Freeze what ``row`` says. Raises :class:`ClosingError` for a period that runs or is closed already."""
    if reason := why_not(row, asked.as_of):
        raise ClosingError(reason)
    plan = asked.version.plan
    closing = Closing(
        plan=plan,
        region=region,
        unit=unit,
        target=row.target,
        district=region.pk != plan.region_id,
        period=period_of(row, asked.as_of),
        as_of=asked.as_of,
        version=asked.version,
        plan_version=board.head.plan_version,
        policy_version=board.head.policy_version,
        software_version=board.head.bilan_version,
        lake_version=board.head.lake_version,
        statistics_version=board.head.statistics_version,
        known_at=timezone.now(),
        status=row.status,
        figure=_text(row.figure),
        figure_unit=row.unit,
        gap=_text(row.gap),
        remark=remark,
        approved_by=user,
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
