"""The statements that make a level of means from the parts below it; see :mod:`bilan.observe.hj212.loading.means`.

Sums of floats depend on the order in which an engine adds them, and a value that differs in its last digit would be
stored as a correction. So every value becomes a whole number of small steps, sums are those of whole numbers, and the
same instants give the same bytes, in whatever order they arrive.

A part is an instant or a mean of the level below. Its columns: station, parameter, ``zs`` (converted to the reference
oxygen), ``begins`` (its START in seconds since 1970, of an instant the instant itself), avg, low, high, cou, unit,
state, flag, ``good``: whether it counts, and ``lacking``: whether it is rather missing than abnormal; of a mean also
``valid``: the seconds of valid minutes in it.
"""

from __future__ import annotations

from bilan.observe.lake_schema import USABLE
from bilan.policy.hj212.mean_rules import Level, Mean

# China has kept one time since 1991, before there was any HJ 212; the engine is without a table of time zones.
OFFSET = 8 * 3600
SECONDS = {"hour": 3600, "day": 86400}

# A whole number of steps must stay below 2**63, and a sum of ten thousand products of value and flow below 2**127;
# beyond these no value, and no flow in any unit, can be right.
_LARGEST, _STEP = 9e9, 1e9
_FLOOD, _FLOW_STEP = 1e7, 1e8

# By kind of mean: the whole number that a value adds to the sum, and the mean that follows from the sum divided by the
# count, ``x``. A direction adds its cosine; its sine is summed as ``across``.
_TERMS: dict[Mean, str] = {
    "arithmetic": f"avg * {_STEP}",
    "flow": f"avg * {_STEP}",
    "hydrogen": "pow(10, -avg) * 1e18",
    "energetic": "pow(10, avg / 10) * 1e4",
    "direction": "cos(radians(avg)) * 1e12",
}
_BACK: dict[Mean, str] = {
    "arithmetic": f"x / {_STEP}",
    "flow": f"x / {_STEP}",
    "hydrogen": "round(-log10(nullif(x, 0) / 1e18), 9)",
    "energetic": "round(10 * log10(nullif(x, 0) / 1e4), 9)",
    "direction": """CASE WHEN sqrt(x * x + y * y) >= 1e3
                    THEN (round(degrees(atan2(y, x)), 6) + 360) % 360 END""",  # opposite winds have no mean direction
}

INSTANTS = f"""
    CREATE OR REPLACE TEMP TABLE instants AS
    SELECT station, parameter, statistic = 'zsrtd' AS zs, epoch_us(time) // 1000000 AS begins,
           value AS avg, value AS low, value AS high, NULL::DOUBLE AS cou, unit, state, coalesce(flag, '') AS flag,
           coalesce(abs(value) < {_LARGEST} AND coalesce(flag, '') IN {USABLE}, false) AS good,
           value IS NULL AND coalesce(flag, '') IN {USABLE} AS lacking
    FROM observations SEMI JOIN outlets USING (station)
    WHERE seconds = 0 AND statistic IN ('rtd', 'zsrtd')
      AND epoch_us(time) // 1000000 >= $since AND epoch_us(time) // 1000000 < $until
"""

SENT = f"""
    CREATE OR REPLACE TEMP TABLE sent AS
    SELECT station, parameter, starts_with(statistic, 'zs') AS zs, seconds,
           epoch_us(time) // 1000000 - seconds AS begins,
           max(value) FILTER (ends_with(statistic, 'avg')) AS avg,
           max(value) FILTER (ends_with(statistic, 'min')) AS low,
           max(value) FILTER (ends_with(statistic, 'max')) AS high,
           max(value) FILTER (ends_with(statistic, 'cou')) AS cou,
           max(unit) FILTER (ends_with(statistic, 'avg')) AS unit, max(state) AS state,
           coalesce(max(flag), '') AS flag, coalesce(max(flag), '') IN {USABLE} AND avg IS NOT NULL AS good,
           false AS lacking, seconds AS valid, bool_or(ends_with(statistic, 'avg')) AS has_avg
    FROM observations SEMI JOIN outlets USING (station)
    WHERE source = $device AND seconds > 0
      AND statistic IN ('avg', 'min', 'max', 'cou', 'zsavg', 'zsmin', 'zsmax', 'zscou')
      AND epoch_us(time) // 1000000 > $since AND epoch_us(time) // 1000000 <= $until
    GROUP BY station, parameter, starts_with(statistic, 'zs'), seconds, time
"""

# Zs = C · (air - reference) / (air - O2), of every instant; where the oxygen is missing, doubtful or that of air, the
# converted instant is there without a value, so that it counts as one that is lacking or not normal.
CONVERTED = f"""
    INSERT INTO instants
    WITH oxygen AS (
        SELECT station, begins, avg AS o2, flag AS o2_flag, good AS o2_good, lacking AS o2_lacking
        FROM instants JOIN outlets USING (station) JOIN roles USING (st, parameter)
        WHERE role = 'oxygen' AND NOT zs AND begins >= roles.since AND begins < roles.until
    )
    SELECT station, parameter, true, begins, zs_value, zs_value, zs_value, NULL, unit, state,
           CASE WHEN c.good AND NOT coalesce(o2_good, true) THEN o2_flag ELSE c.flag END,
           coalesce(abs(zs_value) < {_LARGEST}, false), lacking OR (good AND coalesce(o2_lacking, true))
    FROM (
        SELECT c.*, o2_flag, o2_good, o2_lacking,
               CASE WHEN c.good AND o2_good AND o2 < $air THEN c.avg * ($air - reference) / ($air - o2) END AS zs_value
        FROM instants AS c JOIN outlets USING (station) LEFT JOIN oxygen USING (station, begins)
        WHERE NOT c.zs AND reference IS NOT NULL
          AND EXISTS (FROM corrected WHERE corrected.st = outlets.st AND corrected.parameter = c.parameter
                      AND c.begins >= corrected.since AND c.begins < corrected.until)
    ) AS c
    ANTI JOIN (SELECT station, parameter, begins FROM instants WHERE zs) AS told USING (station, parameter, begins)
"""


# A device's interval is seen in every hour from that hour alone, so that it does not matter when an hour is computed.
# An hour with few moments does not tell a slow device from one that was mostly away: then the day up to its end tells.
_TELLING = 10
_COMMONEST = "arg_max(seconds, (n, -seconds)) AS every"

MOMENTS = f"""
    CREATE OR REPLACE TEMP TABLE moments AS
    SELECT DISTINCT station, begins, (begins + {OFFSET}) // 3600 AS hour
    FROM instants SEMI JOIN (FROM outlets WHERE every IS NULL) AS unknown USING (station) WHERE NOT zs
"""

PACES = f"""
    CREATE OR REPLACE TEMP TABLE paces AS
    WITH distances AS (
        SELECT station, hour, begins - lag(begins) OVER (PARTITION BY station, hour ORDER BY begins) AS seconds
        FROM moments
    ), counted AS (
        SELECT station, hour, seconds, count(*) AS n FROM distances WHERE seconds IS NOT NULL GROUP BY ALL
    )
    SELECT station, hour, {_COMMONEST} FROM counted GROUP BY station, hour HAVING sum(n) >= {_TELLING} - 1
"""

PACES_OF_A_DAY = f"""
    INSERT INTO paces
    WITH thin AS (
        SELECT DISTINCT station, hour FROM moments ANTI JOIN paces USING (station, hour)
    ), past AS (
        SELECT DISTINCT station, epoch_us(time) // 1000000 AS begins FROM observations SEMI JOIN thin USING (station)
        WHERE seconds = 0 AND statistic = 'rtd'
          AND epoch_us(time) // 1000000 >= $since - 86400 AND epoch_us(time) // 1000000 < $until
    ), distances AS (
        SELECT station, begins, begins - lag(begins) OVER (PARTITION BY station ORDER BY begins) AS seconds FROM past
    ), counted AS (
        SELECT station, hour, seconds, count(*) AS n FROM thin JOIN distances USING (station)
        WHERE begins < (hour + 1) * 3600 - {OFFSET} AND begins - seconds >= (hour - 23) * 3600 - {OFFSET} GROUP BY ALL
    )
    SELECT station, hour, {_COMMONEST} FROM counted GROUP BY station, hour
"""

# The seconds between the instants of a series at ``begins``; ``USUAL`` where nothing tells.
USUAL = 60
EVERY = f"coalesce(slow.every, outlets.every, paces.every, {USUAL})"

# By level: of the parts in ``part``, the seconds that are ``covered`` and those that are ``valid``.
_OF_INSTANTS = """
    SELECT station, parameter, zs, start, sum(worth) FILTER (enough) AS covered,
           sum(worth) FILTER (enough AND normal) AS valid
    FROM (
        SELECT station, parameter, zs, start, minute, any_value(worth) AS worth,
               count(*) FILTER (NOT lacking) >= any_value(samples) AS enough,
               count(*) FILTER (good) * 100 >= any_value(valued) * count(*) FILTER (NOT lacking) AS normal
        FROM part GROUP BY station, parameter, zs, start, minute
    ) GROUP BY station, parameter, zs, start
"""
_OF_MEANS = """
    SELECT station, parameter, zs, start, sum(valid) FILTER (good) AS covered, any_value(worth) AS valid
    FROM part GROUP BY station, parameter, zs, start
"""


def level(name: Level, below: str) -> str:
    """The statement that makes the table ``name`` from the parts in the table ``below``.

    >>> level("hour", "minute").split()[:6]
    ['CREATE', 'OR', 'REPLACE', 'TEMP', 'TABLE', 'hour']
    """
    seconds = str(SECONDS.get(name, "outlets.minute_seconds"))
    cover, valid = (_OF_INSTANTS, "0") if name == "minute" else (_OF_MEANS, "valid")
    return f"""
    CREATE OR REPLACE TEMP TABLE {name} AS
    WITH carried AS (
        SELECT station, begins, greatest(avg, 0) AS flow
        FROM {below} JOIN outlets USING (station) JOIN roles USING (st, parameter)
        WHERE role = 'flow' AND NOT zs AND good AND begins >= roles.since AND begins < roles.until
    ), part AS (
        SELECT station, parameter, zs, (begins + {OFFSET}) // {seconds} * {seconds} - {OFFSET} AS start,
               {seconds} AS seconds, avg, low, high, cou, unit, state, flag, good, lacking,
               {valid} AS valid, CASE WHEN rules.every <= 60 THEN begins // 60 ELSE begins END AS minute,
               rules.mean, samples, worth, least, share, valued, gravest, otherwise, few,
               TRY_CAST(round(CASE rules.mean {_cases(_TERMS)} END) AS BIGINT) AS term,
               CASE WHEN rules.mean = 'direction' THEN round(sin(radians(avg)) * 1e12)::BIGINT END AS across,
               CASE WHEN rules.mean = 'flow' AND flow < {_FLOOD} THEN round(flow * {_FLOW_STEP})::BIGINT END AS weight
        FROM {below} AS b JOIN outlets USING (station) LEFT JOIN slow USING (station, parameter)
        LEFT JOIN paces ON paces.station = b.station AND paces.hour = (b.begins + {OFFSET}) // 3600
        JOIN rules ON rules.level = '{name}' AND rules.st = outlets.st AND rules.parameter = b.parameter
             AND rules.minute_seconds = outlets.minute_seconds AND rules.every = {EVERY}
             AND b.begins >= rules.since AND b.begins < rules.until
        LEFT JOIN carried USING (station, begins)
    ), summed AS (
        SELECT station, parameter, zs, start, any_value(seconds) AS seconds, any_value(mean) AS mean,
               any_value(otherwise) AS otherwise, any_value(few) AS few, any_value(gravest) AS gravest,
               count(*) FILTER (good) AS n,
               any_value(least) AS least,
               count(*) FILTER (good) * 100 < any_value(valued) * count(*) FILTER (NOT lacking) AS doubtful,
               count(*) FILTER (good) * 100 < any_value(share) * count(*) FILTER (NOT lacking) AS abnormal,
               count(term) FILTER (good AND weight IS NULL) AS plain,
               sum(term::HUGEINT) FILTER (good AND weight IS NULL) AS plainly,
               count(weight) FILTER (good) AS carriers,
               sum(weight::HUGEINT) FILTER (good) AS weights,
               sum(term::HUGEINT * weight) FILTER (good) AS weighed,
               sum(across::HUGEINT) FILTER (good) AS across,
               min(low) FILTER (good) AS low, max(high) FILTER (good) AS high,
               sum(TRY_CAST(round(cou * {_STEP}) AS BIGINT)::HUGEINT) FILTER (good) AS amounts,
               coalesce(min(unit) FILTER (good), min(unit)) AS unit,
               coalesce(min(unit) FILTER (good) <> max(unit) FILTER (good), false) AS mixed,
               CASE WHEN min(state) = max(state) THEN min(state) END AS state,
               min(nullif(strpos(gravest, nullif(flag, '')), 0)) FILTER (NOT good AND NOT lacking) AS gravity
        FROM part GROUP BY station, parameter, zs, start
    ), counted AS ({cover}), divided AS (
        SELECT *, {_WEIGHTED} AS x, across::DOUBLE / n AS y, coalesce(covered, 0) < least AS too_few,
               too_few OR doubtful OR mixed AS withheld
        FROM summed JOIN counted USING (station, parameter, zs, start)
    ), made AS (
        SELECT station, parameter, zs, seconds, start AS begins, mean,
               CASE WHEN NOT withheld THEN CASE mean {_cases(_BACK)} END END AS avg,
               CASE WHEN NOT withheld THEN low END AS low, CASE WHEN NOT withheld THEN high END AS high,
               CASE WHEN NOT withheld THEN amounts::DOUBLE / {_STEP} END AS cou, unit, state,
               CASE WHEN abnormal OR mixed THEN coalesce(nullif(substr(gravest, gravity, 1), ''), otherwise)
                    WHEN too_few THEN few ELSE 'N' END AS flag,
               NOT (abnormal OR withheld) AS good, too_few AND NOT (abnormal OR mixed) AS lacking,
               coalesce(valid, 0) AS valid, true AS own
        FROM divided ANTI JOIN (SELECT station, parameter, zs, seconds, begins AS start FROM sent WHERE has_avg) AS told
             USING (station, parameter, zs, seconds, start)
        UNION ALL BY NAME
        SELECT sent.* EXCLUDE (has_avg), false AS own
        FROM sent JOIN outlets USING (station) WHERE sent.seconds = {seconds} AND has_avg
    )
    {_WITH_AMOUNTS.format(level=name, usable=USABLE)}
    """


def _cases(by_mean: dict[Mean, str]) -> str:
    return " ".join(f"WHEN '{mean}' THEN {sql}" for mean, sql in by_mean.items())


# Parts without a flow weigh as much as the others do on average, all the same where there is none; where nothing flowed
# there is no weighted mean.
_WEIGHTED = """CASE
    WHEN carriers = 0 THEN plainly::DOUBLE / nullif(plain, 0)
    WHEN weights = 0 THEN NULL
    WHEN plain = 0 THEN weighed::DOUBLE / weights::DOUBLE
    ELSE (coalesce(weighed, 0)::DOUBLE * carriers + plainly::DOUBLE * weights::DOUBLE)
         / (weights::DOUBLE * (carriers + plain)) END"""

# ``amount`` of a part: the device's own, which it may send without a mean (``told``), the sum of the parts below, or
# concentration times volume. There is a row for it (``emits``) wherever the outlet has a flow, both units are known and
# the device sent none itself.
_WITH_AMOUNTS = """
    , carrying AS (
        SELECT station, begins, parameter AS carrier, avg AS flow, factor AS flow_factor, flag AS flow_flag,
               good AS flow_good
        FROM made JOIN outlets USING (station) JOIN roles USING (st, parameter)
        JOIN units ON units.unit = made.unit AND units."of" = 'flow'
        WHERE role = 'flow' AND NOT zs AND begins >= roles.since AND begins < roles.until
    ), measured AS (
        SELECT made.* EXCLUDE (cou), made.cou AS given, told, told_good, amount, flow_flag, flow_good, carrier,
               flow * flow_factor * made.seconds AS volume, units.factor, units.canonical,
               parameter = carrier AS is_flow
        FROM made JOIN outlets USING (station) LEFT JOIN carrying USING (station, begins)
        LEFT JOIN amounts ON amounts.st = outlets.st AND amounts.level = '{level}'
             AND made.begins >= amounts.since AND made.begins < amounts.until
        LEFT JOIN (SELECT station, parameter, zs, seconds, begins, cou AS told, flag IN {usable} AS told_good FROM sent
                   WHERE NOT has_avg AND cou IS NOT NULL) USING (station, parameter, zs, seconds, begins)
        LEFT JOIN units ON units.unit = made.unit AND units."of" = 'concentration'
    )
    SELECT station, parameter, zs, seconds, begins, mean, avg, low, high, unit, state, flag, good, lacking, valid, own,
           CASE WHEN told IS NOT NULL THEN CASE WHEN told_good THEN told END
                WHEN zs OR (NOT own AND given IS NOT NULL) THEN given
                WHEN NOT (good AND flow_good AND volume >= 0) THEN NULL
                WHEN amount = 'sum' THEN given
                WHEN is_flow THEN volume
                WHEN volume = 0 THEN 0
                ELSE avg * factor * volume END AS cou,
           CASE WHEN good THEN flow_flag ELSE flag END AS cou_flag,
           CASE WHEN is_flow THEN 'm3' ELSE canonical END AS cou_unit,
           own AND told IS NULL AND NOT zs AND amount IS NOT NULL
               AND coalesce(is_flow OR (carrier IS NOT NULL AND factor IS NOT NULL), false) AS emits
    FROM measured
"""


def rows_of(name: Level) -> str:
    """The statement for the rows of the level ``name`` as the lake takes them, of intervals that end in the range.

    >>> rows_of("day").count("UNION ALL")
    3
    """
    low_and_high = "mean <> 'direction'"
    parts = [
        _column(name, "avg", "avg", "true"),
        _column(name, "min", "low", low_and_high),
        _column(name, "max", "high", low_and_high),
        _column(name, "cou", "cou", "emits", "cou_unit", "cou_flag"),
    ]
    return " UNION ALL ".join(parts)


def _column(name: Level, statistic: str, value: str, which: str, unit: str = "unit", flag: str = "flag") -> str:
    return f"""
        SELECT station, parameter, CASE WHEN zs THEN 'zs' ELSE '' END || '{statistic}' AS statistic,
               seconds::INTEGER AS seconds, to_timestamp((begins + seconds)::DOUBLE) AS time, {value} AS value,
               {unit} AS unit, {flag} AS flag, state, $source AS source, $source_ref AS source_ref,
               $source_line::BIGINT AS source_line
        FROM {name} WHERE own AND {which} AND begins + seconds > $first AND begins + seconds <= $last
    """
