"""The house keeps its own rules: what is committed names no machine and no registry, and every install is pinned."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-spark.lock")

# Written in pieces, so that this file passes its own test.
FORBIDDEN = {
    "package registry": re.compile(
        "|".join((r"pypi\." + "org", "python" + "hosted", r"registry\.npm" + "js", "index-url[ =]+[a-z]+:"))
    ),
    "path of a machine": re.compile(r"(?<![\w.])/(?:home|Users|root|work|opt)" + r"/[\w.-]+"),
}


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def pins(lock: str) -> dict[str, list[str]]:
    """For each package of ``lock`` its pinned versions, usually one."""
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE):
        found.setdefault(name, []).append(version)
    return found


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_names(what: str) -> None:
    found = []
    for path in tracked_files():
        text = path.read_bytes().decode(errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in FORBIDDEN[what].finditer(text)]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    requirements = re.split(r"\n(?=\S)", text.strip())
    pinned = re.compile(r"[a-z0-9-]+==\S+ .*\\\n +--hash=sha256:[0-9a-f]{64}")
    assert len(requirements) > 20
    assert [item for item in requirements if not pinned.match(item)] == []
    assert "://" not in text


def test_the_locks_hold_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    base, dev, spark = (pins(lock) for lock in LOCKS)

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[^\w-]", item)[0] for item in requirements}

    assert names(project["dependencies"]) <= base.keys()
    extras = project["optional-dependencies"]
    assert names(extras["portal"]) - {"bilan"} <= base.keys()
    assert names(extras["lake"] + extras["charts"] + extras["test"] + extras["docs"]) <= dev.keys()
    assert names(extras["spark"]) - {"bilan"} <= spark.keys()


def test_the_locks_agree() -> None:
    base, dev, spark = (pins(lock) for lock in LOCKS)
    together = base | dev
    assert {name for name in base.keys() & dev.keys() if base[name] != dev[name]} == set()
    assert {name for name in spark.keys() & together.keys() if spark[name] != together[name]} == set()


def test_all_means_every_extra() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert all(extras.values())
    assert extras["all"] == [f"bilan[{','.join(name for name in extras if name != 'all')}]"]


def test_what_the_changelog_says_last_is_the_version() -> None:
    from bilan import __version__

    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    latest = re.search(r"^## (\S+)", changelog, re.MULTILINE)
    assert latest is not None
    assert latest[1] == __version__


def test_the_manual_loads_nothing_from_elsewhere() -> None:
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert re.search(r"^ +font: false\b", settings, re.MULTILINE)
    assert "://" not in settings
