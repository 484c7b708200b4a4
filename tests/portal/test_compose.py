"""``compose.yaml`` and ``Dockerfile``: nothing open that was not asked for, nobody root, only settings that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml")
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return found


def test_every_service_is_confined_and_looked_after(services: dict[str, Any]) -> None:
    assert set(services) == {"database", "portal", "worker", "gateway"}
    for name, one in services.items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert one["healthcheck"]["test"][0] == "CMD", name


def test_every_port_is_open_on_this_machine_alone(services: dict[str, Any]) -> None:
    ports = [port for one in services.values() for port in one.get("ports", [])]
    assert ports
    for port in ports:
        assert re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", port).startswith("127.0.0.1:"), port


def test_no_password_stands_in_an_address(services: dict[str, Any]) -> None:
    for one in services.values():
        assert "PASSWORD" not in one.get("environment", {}).get("DATABASE_URL", "")
    assert services["portal"]["environment"]["BILAN_DB_PASSWORD"].startswith("${BILAN_DB_PASSWORD:?")


def test_only_settings_that_exist_are_given(services: dict[str, Any]) -> None:
    from bilan.portal.people.site_state import settings_now

    known = {one.name for one in settings_now()}
    assert set(services["portal"]["environment"]) <= known
    assert services["portal"]["environment"] == services["worker"]["environment"]


def test_the_commands_exist(services: dict[str, Any]) -> None:
    from importlib import import_module

    from typer.main import get_command

    for name in ("worker", "gateway"):
        program, verb, *rest = services[name]["command"]
        options = {option for one in get_command(import_module(f"bilan.cli.{verb}").app).params for option in one.opts}
        assert program == "bilan"
        assert {word for word in rest if word.startswith("--")} <= options


def test_the_image_runs_as_nobody_special_and_holds_what_the_lock_says() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["10001"]
    for line in lines:
        if " pip" in line or "/pip " in line:
            for step in line.removeprefix("RUN ").split("&&"):
                words = shlex.split(step)
                if any(word.endswith("pip") for word in words):
                    assert "--require-hashes" in words or {"--no-deps", "--no-build-isolation"} <= set(words), step
