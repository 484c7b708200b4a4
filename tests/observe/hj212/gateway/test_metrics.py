"""What Prometheus scrapes after known traffic, and what stands in the log."""

from __future__ import annotations

import json
import logging
import socket
import urllib.request
from dataclasses import fields
from pathlib import Path

import pytest

from bilan.observe.hj212.gateway.counts import Counts
from bilan.observe.hj212.gateway.logs import JsonLines, LevelError, log_to_stderr

from .wire import STRANGER, connect, data, run, serving, until


def scrape(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_values_after_known_traffic(tmp_path: Path) -> None:
    pytest.importorskip("prometheus_client")
    from bilan.observe.hj212.gateway.metrics import Collector, serve_metrics

    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line, closed = await connect(gateway), await connect(gateway)
            closed.close()
            sent = [data(), data(flag=4), data(mn=STRANGER), data(pw="000000"), b"noise\r\n", data()]
            await line.send(*sent)
            await line.hear_all(2)
            await until(lambda: gateway.counts.connected == 1)
            gauges = {"online": ("Outlets online", lambda: float(len(gateway.presences)))}
            stop = serve_metrics("127.0.0.1", port := free_port(), Collector(gateway.counts, gauges))
            found = scrape(port)
            wanted = {
                "connections_total": 2,
                "connected": 1,
                "turned_away_total": 0,
                "bytes_total": sum(map(len, sent)),
                "frames_total": 5,
                "stored_total": 3,
                "answered_total": 2,
                'refused_total{reason="unknown-mn"}': 1,
                'refused_total{reason="password"}': 1,
                "commit_failures_total": 0,
                "waiting_frames": 0,
                "waiting_bytes": 0,
                "full": 0,
                "online": 1,
            }
            assert {name: found[f"bilan_hj212_{name}"] for name in wanted} == wanted
            assert 1 <= found["bilan_hj212_commits_total"] <= 3
            assert found["bilan_hj212_commit_seconds_total"] > 0
            gateway.counts.full = True
            assert scrape(port)["bilan_hj212_full"] == 1
            stop()
            with pytest.raises(OSError):
                scrape(port)

    run(trial())


def test_every_count_is_a_metric() -> None:
    pytest.importorskip("prometheus_client")
    from bilan.observe.hj212.gateway.metrics import Collector

    names = {metric.name.removeprefix("bilan_hj212_") for metric in Collector(Counts(), {}).collect()}
    assert names == {field.name for field in fields(Counts)}


def test_logs_are_json_lines_with_what_is_known(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def trial() -> None:
        async with serving(tmp_path) as gateway:
            line = await connect(gateway)
            await line.send(data(), data(mn=STRANGER), data(mn=STRANGER))
            await until(lambda: gateway.counts.frames == 3)
            line.close()
            await until(lambda: gateway.counts.connected == 0)

    with caplog.at_level(logging.INFO):
        run(trial())
    told = [json.loads(JsonLines().format(record)) for record in caplog.records if record.name.startswith("bilan")]
    assert [line["event"] for line in told] == ["listening", "online", "refused", "offline"]
    assert told[2]["reason"] == "unknown-mn"
    assert told[1]["mn"] == told[3]["mn"]
    assert all({"time", "level", "logger"} <= line.keys() for line in told)


def test_a_line_of_the_log_stays_one_line() -> None:
    record = logging.makeLogRecord(
        {"name": "gateway", "msg": "a\nb %s", "args": ("排放口",), "levelname": "ERROR", "path": Path("x")}
    )
    text = JsonLines().format(record)
    assert "\n" not in text
    assert (json.loads(text)["event"], json.loads(text)["path"]) == ("a\nb 排放口", "x")
    try:
        raise ValueError("wrong")
    except ValueError as error:
        record.exc_info = (ValueError, error, error.__traceback__)
    assert json.loads(JsonLines().format(record))["exception"].endswith("ValueError: wrong")


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(LevelError, match="debug、info、warning、error"):
        log_to_stderr("loud")
