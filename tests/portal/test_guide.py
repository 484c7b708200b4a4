"""The guide of the portal names every setting, role and scope, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from bilan.portal.rights.words import PUBLIC, ROLES, SCOPES

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guide/portal.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_guide_and_no_other() -> None:
    read = (ROOT / "src/bilan/portal/settings.py").read_text() + (ROOT / "src/bilan/portal/home.py").read_text()
    known = set(re.findall(r'(?:get|whole|flag|words|parse)\(\s*"([A-Z_]+)"', read)) | {"DATABASE_URL"}
    table = GUIDE.partition("{#settings}")[2].partition("\n## ")[0]
    told = {name for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert told == known


def test_roles_and_scopes_are_those_of_the_table() -> None:
    part = GUIDE.partition("{#rights}")[2].partition("\n## ")[0]
    told = re.findall(r"^\| [^|]+ \| `(\w+)` \|", part, re.MULTILINE)
    assert told == [*ROLES, PUBLIC, *SCOPES]
