"""What gateways and people share: commands taken once, presence, keys, also by several processes at a time."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bilan.observe.hj212.gateway import GatewayState
from bilan.observe.hj212.gateway.state import FILE, Presence, StateError

from .wire import KEY, MN, NEW_KEY, OTHER

NOON = "2026-03-01T12:00:00.000+00:00"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[GatewayState]:
    with GatewayState(tmp_path) as state:
        yield state


def here(mn: str, *, online: bool = True) -> Presence:
    return Presence(mn, online, NOON, NOON, "10.0.0.7:5000", 2017)


TAKER = """
import sys
from pathlib import Path
from bilan.observe.hj212.gateway import GatewayState
with GatewayState(Path(sys.argv[1])) as state:
    while commands := state.take(set(sys.argv[3:]), int(sys.argv[2])):
        for command in commands:
            print(command.id)
            state.note(command.id, "done")
"""


def taken_at_once(folder: Path, processes: int) -> list[int]:
    """The numbers of all commands that so many processes take at the same time."""
    commands = [[sys.executable, "-c", TAKER, str(folder), str(1 + number), MN, OTHER] for number in range(processes)]
    begun = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    told = [process.communicate(timeout=60)[0] for process in begun]
    assert [process.returncode for process in begun] == [0] * processes
    return [int(number) for text in told for number in text.split()]


def test_two_processes_never_take_one_command_twice(tmp_path: Path, state: GatewayState) -> None:
    numbers = [state.enqueue((MN, OTHER)[index % 2], "1011", "") for index in range(200)]
    assert sorted(taken_at_once(tmp_path, 3)) == numbers


def test_many_processes_may_make_the_state_at_once(tmp_path: Path) -> None:
    assert taken_at_once(tmp_path / "new", 4) == []


def test_the_oldest_of_each_outlet_is_taken(state: GatewayState) -> None:
    first, second = state.enqueue(MN, "1011", ""), state.enqueue(MN, "1061", "")
    other, unknown = state.enqueue(OTHER, "1063", ""), state.enqueue("X9", "1011", "")
    assert [command.id for command in state.take({MN, OTHER}, 1)] == [first, other]
    assert [command.id for command in state.take({MN, OTHER}, 1)] == [second]
    assert state.take({MN, OTHER}, 1) == []
    assert (state.command(first).state, state.command(first).writer, state.command(unknown).state) == (
        "sent",
        1,
        "waiting",
    )


def test_what_is_expired_or_cancelled_is_not_taken(state: GatewayState) -> None:
    now = datetime.now(UTC)
    late = state.enqueue(MN, "1011", "", expires=now - timedelta(seconds=1))
    early = state.enqueue(MN, "1061", "", expires=now.astimezone() + timedelta(hours=1))
    dropped = state.enqueue(MN, "1063", "")
    assert state.cancel(dropped)
    assert not state.cancel(dropped)
    assert [command.id for command in state.take({MN}, 1)] == [early]
    assert not state.cancel(early)  # too late
    assert [state.command(number).state for number in (late, early, dropped)] == ["expired", "sent", "cancelled"]


def test_a_command_is_left_to_the_gateway_that_heard_the_outlet_last(state: GatewayState) -> None:
    state.present(1, [here(MN)])
    state.present(2, [here(MN)])
    number = state.enqueue(MN, "1011", "")
    assert state.take({MN}, 1) == []
    assert [command.id for command in state.take({MN}, 2)] == [number]
    state.present(2, [here(MN, online=False)])
    again = state.enqueue(MN, "1011", "")
    assert [command.id for command in state.take({MN}, 1)] == [again]


def test_what_is_wanted_again_while_it_waits_is_queued_once(state: GatewayState) -> None:
    wanted = [(MN, "1012", ""), (MN, "1062", "RtdInterval=30"), (OTHER, "1012", "")]
    state.want(wanted)
    state.want(wanted)
    assert [(command.mn, command.cn, command.cp) for command in reversed(state.commands())] == wanted
    state.take({MN}, 1)
    state.want(wanted[:1])
    assert len(state.commands()) == 4
    assert len(state.commands(MN)) == 3
    assert len(state.commands(MN, only_open=True, limit=2)) == 2


def test_after_a_crash_what_was_sent_waits_again_and_what_was_accepted_is_silent(state: GatewayState) -> None:
    sent, accepted, others = (state.enqueue(mn, "1011", "") for mn in (MN, OTHER, "X3"))
    state.take({MN, OTHER}, 1)
    state.take({"X3"}, 2)
    state.note(accepted, "accepted")
    state.recover(1)
    assert [state.command(number).state for number in (sent, accepted, others)] == ["waiting", "silent", "sent"]


def test_what_a_gateway_left_that_never_came_back_is_taken_over_after_a_day(
    state: GatewayState, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = "2026-03-01T12:00:00.000+00:00"
    numbers = [state.enqueue(mn, "1011", "") for mn in (MN, OTHER)]
    with monkeypatch.context() as patch:
        patch.setattr("bilan.observe.hj212.gateway.state._now", lambda: long_ago)
        state.take({MN}, 2)
        state.present(2, [here(MN)])
    state.take({OTHER}, 3)
    lately = datetime.now(UTC).isoformat()
    state.present(3, [here(OTHER)._replace(last_frame=lately)])
    state.recover(1)
    assert [state.command(number).state for number in numbers] == ["waiting", "sent"]
    assert {outlet.mn: outlet.online for outlet in state.presences()} == {MN: False, OTHER: True}


def test_presence_is_that_of_the_last_gateway_which_heard_the_outlet(state: GatewayState) -> None:
    state.present(1, [here(MN), here(OTHER)])
    state.present(2, [here(MN)])
    state.present(1, [here(MN, online=False), here(OTHER, online=False)])  # the old lines end
    assert {outlet.mn: outlet.online for outlet in state.presences()} == {MN: True, OTHER: False}
    state.all_offline(1)
    assert [outlet.online for outlet in state.presences()] == [True, False]
    state.all_offline(2)
    assert not any(outlet.online for outlet in state.presences())
    assert {outlet.last_frame for outlet in state.presences()} == {NOON}


def test_keys_newest_first(state: GatewayState) -> None:
    seen = state.keys_seen()
    state.add_key(MN, KEY)
    assert state.keys_seen() > seen
    state.add_key(MN, NEW_KEY)
    state.add_key(OTHER, KEY)
    assert state.keys()[OTHER] == (KEY,)
    assert set(state.keys()[MN]) <= {KEY, NEW_KEY}
    assert state.keys()[MN][0] == NEW_KEY


def test_commands_are_looked_up_not_searched_through(tmp_path: Path, state: GatewayState) -> None:
    """A gateway looks every second, and ended commands are kept for ever."""
    with sqlite3.connect(tmp_path / FILE) as database:
        plan = database.execute(
            "EXPLAIN QUERY PLAN SELECT min(id), mn FROM command WHERE state = 'waiting' AND mn NOT IN "
            "(SELECT mn FROM outlet WHERE online AND writer <> 1) GROUP BY mn"
        ).fetchall()
    assert any("SEARCH command" in row[3] for row in plan)
    assert not any("SCAN command" in row[3] for row in plan)


def test_errors_name_the_place(tmp_path: Path, state: GatewayState) -> None:
    with pytest.raises(StateError, match="第 7 号"):
        state.command(7)
    with pytest.raises(StateError, match="没有网关的状态"):
        GatewayState(tmp_path / "elsewhere", create=False)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(StateError, match=FILE):
        GatewayState(tmp_path / "broken")


def test_only_its_owner_reads_the_file(tmp_path: Path, state: GatewayState) -> None:
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
