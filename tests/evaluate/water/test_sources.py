"""What the tables of surface water say of their own sources."""

from __future__ import annotations

import pytest

from bilan.policy.standards import StandardTable, standard_tables
from bilan.policy.standards.tables import FOLDER

OWN = "本项目"
KINDS = sorted(
    {
        path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# table:").strip()
        for path in FOLDER.glob("water-*.csv")
    }
)
TABLES = [table for kind in KINDS for table in standard_tables(kind)]


@pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
class TestTable:
    def test_one_source_alone_verifies_nothing_but_our_own_rule(self, table: StandardTable) -> None:
        if table.second_source == "no" and table.standard != OWN:
            assert table.unverified

    def test_a_doubt_says_what_was_not_read(self, table: StandardTable) -> None:
        assert all(line.strip("：") for line in table.doubts)
        if table.unverified:
            assert table.note or table.source

    def test_a_method_older_than_no_data_says_that_it_judges_in_retrospect(self, table: StandardTable) -> None:
        if "环办〔2011〕22号" in table.standard and table.valid_from is None:
            assert "回溯" in table.note


def test_the_weights_of_the_city_index_are_in_doubt() -> None:
    (doubt,) = standard_tables("water.city.index")[-1].doubts
    assert "加权" in doubt
    assert "检出限取一半" in doubt
