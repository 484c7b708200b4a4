"""What pages of the latest day show is there before the first reader: made by a worker, piece by piece."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.portal.board.conftest import idle


@pytest.fixture
def ahead(site: Any, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A run of the chore, on a site where nothing was ever computed."""
    from bilan.portal.board import work

    settings.BILAN_KEPT = tmp_path / "kept"
    monkeypatch.setattr(work, "_done", {})
    monkeypatch.setattr(work, "_AT_MOST", 600.0)
    monkeypatch.setattr(work, "_PATIENCE", 600.0)
    return work.Round().run


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is computed from now on, not merely read: boards, earlier figures, and how rows came about."""
    from bilan.board.boards import Making
    from bilan.portal.board import boards

    told: list[str] = []

    def noting(name: str, do: Any) -> Any:
        return lambda *args, **more: (told.append(name), do(*args, **more))[1]

    monkeypatch.setattr(Making, "board", noting("board", Making.board))
    for name in ("history", "explain", "explained"):
        monkeypatch.setattr(boards, name, noting(name, getattr(boards, name)))
    return told


def another_process() -> None:
    """What is in memory is that of the worker; pages have only what is on disk."""
    from bilan.portal.board import boards
    from bilan.portal.core import held

    idle()
    boards.forget()
    held.forget()


def latest() -> str:
    from bilan.portal.board.lake import latest_day

    return latest_day().isoformat()


def test_the_first_reader_finds_all_of_it_made(ahead: Any, site: Any, computed: list[str]) -> None:
    ahead()
    another_process()
    assert {"board", "history", "explained"} <= set(computed)
    computed.clear()
    day = latest()
    assert "PM2.5" in site.text("plan_office", "/board/", as_of=day)
    for number in range(1, 6):
        assert 'id="proof"' in site.text("plan_office", site.target(number), as_of=day)
        site.text("plan_office", site.target(number, public=True), as_of=day)
    site.text("plan_office", site.target(1, "chart/trajectory.json"), as_of=day)
    idle()
    assert computed == []


def test_what_is_made_ahead_is_what_a_reader_would_have_made(ahead: Any, site: Any) -> None:
    from bilan.portal.board.boards import board_of, explanation_of
    from bilan.portal.board.lake import latest_day
    from bilan.portal.board.sources import Asked

    asked = Asked(site.plan.current, latest_day(), site.plan.region_id)

    def told() -> list[str]:
        another_process()
        answer = board_of(asked, 120.0)
        assert answer is not None
        found = [explanation_of(asked, answer.value, f"t{number}", 120.0) for number in range(1, 6)]
        return [one.value.model_dump_json() for one in found if one is not None]

    ahead()
    made_ahead = told()
    from bilan.portal.board.boards import kept

    folder = kept()._folder
    assert folder is not None
    for one in folder.glob("*.kept"):
        one.unlink()
    assert len(made_ahead) == 5 and told() == made_ahead


def test_nothing_new_is_nothing_to_do(ahead: Any, computed: list[str]) -> None:
    ahead()
    computed.clear()
    ahead()
    assert computed == []


def test_what_people_decide_is_made_anew(ahead: Any, site: Any, computed: list[str]) -> None:
    ahead()
    computed.clear()
    site.written(shown="met")
    ahead()
    assert computed.count("board") >= 2 and "explained" in computed  # for the office and for everybody


def test_a_run_ends_in_time_and_the_next_one_goes_on(
    ahead: Any, computed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilan.portal.board import work

    monkeypatch.setattr(work, "_AT_MOST", -1.0)  # one piece a run
    ahead()
    assert computed == ["board"]
    runs = 1
    while ("qinghe", True) not in work._done and runs < 100:
        ahead()
        runs += 1
    assert computed.count("explained") == 5 and runs > 8


def test_two_runs_at_once_are_one(ahead: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import work

    asked = []

    def pieces() -> Iterator[None]:
        asked.append("a run")
        ahead()  # while this one is at it
        yield

    monkeypatch.setattr(work, "_pieces", pieces)
    ahead()
    assert asked == ["a run"]


def test_a_plan_that_cannot_be_made_stands_in_no_others_way(
    ahead: Any, elsewhere: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from bilan.portal.board import work

    real = work.board_of

    def broken(asked: Any, *args: Any, **more: Any) -> Any:
        if asked.version.plan_id == "elsewhere":
            raise RuntimeError("a fault")
        return real(asked, *args, **more)

    monkeypatch.setattr(work, "board_of", broken)
    with caplog.at_level(logging.ERROR):
        ahead()
    assert set(work._done) == {("qinghe", False), ("qinghe", True)} and "elsewhere" in caplog.text


def test_without_a_lake_there_is_nothing_to_make(ahead: Any, settings: Any, tmp_path: Path) -> None:
    settings.BILAN_LAKE = tmp_path / "no-lake"
    ahead()
    assert not (tmp_path / "no-lake").exists()


def test_dropped_plans_are_left_alone(ahead: Any, site: Any, computed: list[str]) -> None:
    from django.utils import timezone

    site.plan.dropped = timezone.now()
    site.plan.save(update_fields=["dropped"])
    ahead()
    assert computed == []


def test_it_is_a_chore_that_keeps_no_job_waiting(people: Any) -> None:
    from bilan.portal.jobs.chores import CHORES

    chore = CHORES["board.ahead"]
    assert not chore.at_once and chore.when(date(2026, 3, 31))  # type: ignore[arg-type]


def test_a_chart_waits_for_its_earlier_years(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilan.portal.board import views_target

    monkeypatch.setattr(views_target, "past_of", lambda *_: None)
    answer = site.get("plan_office", site.target(1, "chart/trajectory.json"))
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
    assert "图还在计算" in answer.content.decode()
    assert site.get("plan_office", site.target(1, "chart/ranking.json")).status_code != 503  # needs none of them


def test_a_job_that_waits_goes_first(ahead: Any, people: Any, computed: list[str]) -> None:
    from bilan.portal.jobs.models import Job, State

    job = Job.objects.create(owner=people.users["plan_office"], kind="slow", state=State.QUEUED)
    ahead()
    assert computed == []
    Job.objects.filter(pk=job.pk).update(state=State.RUNNING)
    ahead()
    assert "explained" in computed


def test_without_the_board_of_a_week_ago_the_proofs_are_made_all_the_same(
    ahead: Any, computed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilan.portal.board import work
    from bilan.portal.board.lake import latest_day
    from bilan.portal.board.store import NotMadeError

    real, latest_one = work.board_of, latest_day()

    def broken(asked: Any, *args: Any, **more: Any) -> Any:
        if asked.as_of != latest_one:
            raise NotMadeError("no board of then", 0.0)
        return real(asked, *args, **more)

    monkeypatch.setattr(work, "board_of", broken)
    ahead()
    assert computed.count("explained") == 5


def test_what_is_decided_meanwhile_ends_the_work_on_what_was(ahead: Any, site: Any, computed: list[str]) -> None:
    from bilan.portal.board import boards

    real = boards.explained
    boards.explained = lambda *args: (site.logged(), real(*args))[1]  # type: ignore[assignment]
    try:
        ahead()
    finally:
        boards.explained = real
    assert computed.count("explained") == 2  # one for the office, one for everybody
