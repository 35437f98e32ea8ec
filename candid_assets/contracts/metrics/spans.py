"""The days that a series of a metric reaches, in SQL: one mistyped year makes no long series.

Days are judged by the usual ones: all but the first and the last hundredth of the distinct days,
and at least one on each side. A series reaches as far beyond these as they span, and at least a
year; fewer than five days are judged by the century alone. The check `values_plausible` names the
cells of days that are left out.
"""

from collections.abc import Iterator


def span_steps(rows: str) -> Iterator[tuple[str, str]]:
    """Yield the steps that find the days of a relation's series, each with its name and SELECT.

    `<rows>_span` holds the first and the last day between which every period is shown, and
    `<rows>_early` earlier days whose periods are shown without those in between.

    Args:
        rows: The relation, with a column `day`.
    """
    yield f"{rows}_days", _DAYS.format(rows=rows)
    yield f"{rows}_usual", _USUAL.format(rows=rows)
    yield f"{rows}_span", _SPAN.format(rows=rows)
    yield f"{rows}_early", _EARLY.format(rows=rows)


_DAYS = """\
select
        day,
        row_number() over (order by day) as from_first,
        row_number() over (order by day desc) as from_last,
        count(*) over () as days,
        max(day) over () as newest
    from (select distinct day from {rows}) as known"""

_USUAL = """\
select
        min(day) as first_day,
        max(day) as last_day,
        cast(greatest(366, date_diff('day', min(day), max(day))) as integer) as reach
    from {rows}_days
    where
        days >= 5
        and from_first >= greatest(2, 0.01 * days)
        and from_last >= greatest(2, 0.01 * days + 1)"""

_SPAN = """\
select min(d.day) as first_day, max(d.day) as last_day
    from {rows}_days as d
    cross join {rows}_usual as u
    where
        d.day >= coalesce(u.first_day - u.reach, least(date '2000-01-01', d.newest))
        and d.day <= coalesce(u.last_day + u.reach, date '2099-12-31')"""

_EARLY = """\
select d.day
    from {rows}_days as d
    cross join {rows}_span as s
    cross join {rows}_usual as u
    where d.day < s.first_day and d.day >= least(date '2000-01-01', u.first_day)"""
