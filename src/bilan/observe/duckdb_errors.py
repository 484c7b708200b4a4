"""Which errors of DuckDB are of a file and not of the query; apart, so that figures need not load the lake's log."""

from __future__ import annotations

import duckdb


def is_of_a_file(error: duckdb.Error) -> bool:
    """Return whether a file is missing, damaged or cannot be written, and not the query wrong.

    DuckDB has no class for a damaged file: one without its end is "invalid input", as is a query with a parameter too
    few; one with other bytes inside is an error of no class, and names no file.

    >>> is_of_a_file(duckdb.IOException("no such file")), is_of_a_file(duckdb.InvalidInputException("a parameter"))
    (True, False)
    """
    if isinstance(error, duckdb.InvalidInputException):
        return ".parquet" in str(error)
    return isinstance(error, duckdb.IOException) or type(error) is duckdb.Error
