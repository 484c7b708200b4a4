"""What people decide: entries, notes, closing and reopening; each in the log, nothing overwritten."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from tests.portal.board.conftest import CITY, DAY, section, words

from bilan import __version__
from bilan.policy import resource_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def due() -> str:
    return "2026-03"


def enter(site: Any, who: str = "plan_office", number: int = 3, region: str = "990100", **told: str) -> Any:
    plain = {"what": "judgement", "status": "met", "reason": "验收报告", "on": "2026-03-01", "value": "", "year": ""}
    data = {f"entry-{name}": value for name, value in (plain | told).items()}
    return site.client_of(who).post(f"{site.target(number, 'entries/')}?region={region}&as_of=2026-03-31", data)


def close(site: Any, who: str = "plan_office", number: int = 4, day: str = "2026-03-31") -> Any:
    seen = re.search(r'name="closing-seen" value="([^"]*)"', site.text(who, site.target(number), as_of=day))
    data = {"closing-remark": "局务会", "closing-seen": html.unescape(seen[1]) if seen else ""}
    return site.client_of(who).post(f"{site.target(number, 'close/')}?region=990100&as_of={day}", data)


def test_a_judgement_changes_the_board_and_stays_readable(site: Any) -> None:
    from bilan.portal.audit.models import Entry as Logged
    from bilan.portal.board.models import Entry

    assert enter(site).status_code == 302
    page = site.text("plan_office", site.target(3))
    assert "status met large" in page
    assert "验收报告" in page
    assert "市局 plan_office" in page
    enter(site, status="missed", reason="复核不合格", on="2026-03-02")
    page = site.text("plan_office", site.target(3))
    assert "status missed large" in page
    assert "验收报告" in page
    assert Entry.objects.count() == 2
    assert Logged.objects.filter(action="entry.create", plan="qinghe").count() == 2


def test_a_figure_is_entered_and_withdrawn(site: Any) -> None:
    enter(site, number=4, what="figure", value="90", status="")
    page = site.text("plan_office", site.target(4))
    assert ">90<" in page
    enter(site, number=4, what="figure", value="", status="", withdraw="on", reason="填错了", on="2026-03-02")
    assert "status cannot_be_judged large" in site.text("plan_office", site.target(4))


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"what": "figure", "value": "很多", "status": ""}, "应为数"),
        ({"what": "milestone", "value": "3", "status": "", "year": "明年"}, "应为四位年份"),
        ({"status": ""}, "应为"),
        ({"reason": ""}, "error"),
        ({"on": "2999-01-01"}, "日期不能晚于今天"),
        ({"what": "goal", "value": "3"}, "error"),
    ],
)
def test_what_cannot_be_used_is_said(site: Any, told: dict[str, str], says: str) -> None:
    from bilan.portal.board.models import Entry

    answer = enter(site, **told)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert "error-summary" in answer.content.decode()
    assert not Entry.objects.exists()


def test_decisions_are_never_changed(site: Any) -> None:
    from bilan.portal.audit.append_only import AppendOnlyError
    from bilan.portal.board.models import Entry, Note

    row = site.decide(status="met")
    row.reason = "另一个"
    with pytest.raises(AppendOnlyError):
        row.save()
    with pytest.raises(AppendOnlyError):
        Entry.objects.update(reason="另一个")
    with pytest.raises(AppendOnlyError):
        Note.objects.all().delete()


def test_notes(site: Any) -> None:
    client = site.client_of("plan_office")
    address = f"{site.target(1, 'notes/')}?region=990100&as_of=2026-03-31"
    assert client.post(address, {"note-text": "<b>注意</b> 三月沙尘"}).status_code == 302
    assert "&lt;b&gt;注意" in site.text("plan_office", site.target(1))
    assert "error-summary" in client.post(address, {"note-text": " "}).content.decode()


def test_a_closed_period_shows_then_and_now(site: Any) -> None:
    from bilan.portal.audit.models import Entry as Logged
    from bilan.portal.board.boards import board_of
    from bilan.portal.board.lake import state as lake_state
    from bilan.portal.board.models import Closing
    from bilan.portal.board.sources import Asked

    enter(site, number=4, what="figure", value="90", status="", year="")
    assert close(site).status_code == 302
    closing = Closing.objects.get()
    assert (closing.figure, closing.figure_unit, closing.gap) == ("90", "公里", "90")
    state, sheet = lake_state(), board_of(Asked(site.plan.current, DAY, CITY))
    assert state is not None and sheet is not None
    assert (closing.plan_version, closing.policy_version) == ("v-of-test", resource_version())
    assert (closing.lake_version, closing.statistics_version) == (state.version, 1)
    assert (closing.software_version, closing.version) == (__version__, site.plan.current)
    assert (closing.known_at, closing.as_of) == (sheet.value.known_at, DAY)  # the data of the answer that was seen
    assert (closing.period, closing.status) == ("2026-01/2026-03", "missed")
    assert (closing.plan, closing.region_id, closing.target, closing.district) == (site.plan, CITY, "t4", False)
    assert (closing.remark, closing.approved_by.username) == ("局务会", "plan_office")
    page = site.text("plan_office", site.target(4))
    assert "then-now" not in page
    table = page[page.index('id="closings"') : page.index('id="entries"')]
    assert "2026-01 至 2026-03 ✗ 未达到 90 公里 局务会 plan_office" in words(table)
    rests_on = f"规划 v-of-test，政策数据 {resource_version()}，数据第 {state.version} 版，软件 {__version__}"
    assert f">{rests_on}</td>" in table
    enter(site, number=4, what="figure", value="80", status="", reason="更正", on="2026-03-30")
    page = site.text("plan_office", site.target(4))
    told = words(section(page, "then-head"))
    assert told.startswith("结账以后有更正 当时 ✗ 未达到 90 公里 plan_office批准 ·")
    assert "现在 ✗ 未达到 80 公里 计划 v-of-test" in told
    board = site.text("plan_office", "/")
    assert "closed-mark" in board
    assert "90 公里" in board
    assert Logged.objects.filter(action="closing.approve").count() == 1


def test_a_period_is_closed_once_until_it_is_reopened(site: Any) -> None:
    from bilan.portal.audit.models import Entry as Logged
    from bilan.portal.board.models import Closing

    close(site)
    close(site)
    closing = Closing.objects.get()
    client = site.client_of("plan_office")
    client.post(f"/closings/{closing.pk}/reopen/", {"reason": ""})
    closing.refresh_from_db()
    assert closing.reopened_at is None
    client.post(f"/closings/{closing.pk}/reopen/", {"reason": "省里更正"})
    closing.refresh_from_db()
    assert closing.reopened_reason == "省里更正"
    page = site.text("plan_office", site.target(4))
    assert "省里更正" in page
    close(site)
    assert Closing.objects.count() == 2
    assert Logged.objects.filter(action="closing.reopen").count() == 1


def test_a_period_that_runs_is_not_closed(site: Any) -> None:
    from bilan.portal.board.models import Closing

    close(site, number=3)
    assert not Closing.objects.exists()
    assert "还没有结束" in site.text("plan_office", site.target(3))
