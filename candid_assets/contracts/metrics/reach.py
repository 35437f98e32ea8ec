"""How far the rows of a metric's source reach, in SQL: the days of which something is known.

A source is written down in stretches: days that follow one another no further apart than twice
the usual gap between days with rows, and no less than a fortnight. The usual gap is the longest
but for a twentieth of them, and of ten gaps but for one. A stretch reaches a gap, less a day,
beyond its first and its last day, and a day at least: as long as it may take the next row to come.
What lies in no stretch cannot be known; a stray day, mistyped or not, makes no stretch where there
are many days.
"""

from collections.abc import Iterator
from typing import Final

from candid_assets.contracts.metrics.words import Grain

STEPS: Final[dict[Grain, str]] = {
    "day": "1 day",
    "week": "7 days",
    "month": "1 month",
    "quarter": "3 months",
    "year": "1 year",
}


def reach_steps(rows: str, each: Grain, grains: str) -> Iterator[tuple[str, str]]:
    """Yield the steps that find how far a relation's rows reach, each with its name and SELECT.

    `<rows>_stretches` holds the stretches with their own days and those that they stand for,
    `<rows>_reach` one row: `starts_on` and `ends_on`, between which periods are whole, and the
    days `first_day` and `last_day` that have rows. `<rows>_recorded` holds the periods that touch
    a stretch.

    Args:
        rows: The relation; its steps of `span_steps` are there.
        each: What a row stands for: a day, or the period that begins with it.
        grains: The grains of the periods, as rows of SQL; without any, no period is looked for.
    """
    yield f"{rows}_gaps", _GAPS.format(rows=rows)
    yield f"{rows}_usual_gap", _USUAL_GAP.format(rows=rows)
    last, tolerated = "max(n.day)", "greatest(min(u.days) - 1, 1)"
    if each != "day":
        last = f"cast(max(n.day) + interval {STEPS[each]} - interval 1 day as date)"
        tolerated = "0"
    yield f"{rows}_stretches", _STRETCHES.format(rows=rows, last=last, tolerated=tolerated)
    yield f"{rows}_reach", _REACH.format(rows=rows)
    if grains:
        yield f"{rows}_recorded", _RECORDED.format(rows=rows, grains=grains)


_GAPS = """\
select
        d.day,
        date_diff('day', lag(d.day) over (order by d.day), d.day) as gap
    from {rows}_days as d
    cross join {rows}_span as s
    where d.day >= s.first_day and d.day <= s.last_day"""

_USUAL_GAP = """\
select cast(coalesce(max(gap), 1) as integer) as days
    from (
        select
            gap,
            row_number() over (order by gap desc) as from_longest,
            count(*) over () as gaps
        from {rows}_gaps
        where gap is not null
    ) as known
    where gaps < 10 or (from_longest > 1 and from_longest > 0.05 * gaps)"""

_STRETCHES = """\
select
        min(n.day) as first_day,
        {last} as last_day,
        cast(min(n.day) - ({tolerated}) as date) as starts_on,
        cast({last} + ({tolerated}) as date) as ends_on
    from (
        select
            g.day,
            sum(case when g.gap > greatest(14, 2 * u.days) then 1 else 0 end)
                over (order by g.day) as stretch,
            count(*) over () as days
        from {rows}_gaps as g
        cross join {rows}_usual_gap as u
    ) as n
    cross join {rows}_usual_gap as u
    group by n.stretch
    having count(*) >= least(5, greatest(1, min(n.days) // 10))"""

_REACH = """\
select
        min(first_day) as first_day, max(last_day) as last_day,
        min(starts_on) as starts_on, max(ends_on) as ends_on
    from {rows}_stretches"""

_RECORDED = """\
select distinct
        g.grain,
        cast(date_trunc(g.grain, d.day) as date) as period_start
    from (
        select cast(unnest(generate_series(starts_on, ends_on, interval 1 day)) as date) as day
        from {rows}_stretches
    ) as d
    cross join (
        values
        {grains}
    ) as g (grain)"""
