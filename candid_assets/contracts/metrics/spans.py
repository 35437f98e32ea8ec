"""The days that a series of a metric reaches, in SQL: one mistyped year makes no long series.

Days are judged by the usual ones: all but the first and the last hundredth of the distinct days,
and at least one on each side. Fewer than five days are judged by the century alone.
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
    yield f"{rows}_usual", _USUAL.format(rows=rows, inner=_INNER)
    yield f"{rows}_span", _SPAN.format(rows=rows)
    yield f"{rows}_early", _EARLY.format(rows=rows)


_DAYS = """\
select
        day,
        row_number() over (order by day) as from_first,
        row_number() over (order by day desc) as from_last,
        count(*) over () as days
    from (select distinct day from {rows}) as known"""

_INNER = "days >= 5 and from_first > 1 and from_last > 1"

_USUAL = """\
select
        min(day) filter (where {inner} and from_first >= 0.01 * days) as first_day,
        max(day) filter (where {inner} and from_last >= 0.01 * days + 1) as last_day,
        max(day) as newest_day
    from {rows}_days"""

_SPAN = """\
select min(d.day) as first_day, max(d.day) as last_day
    from {rows}_days as d
    cross join {rows}_usual as u
    where
        d.day >= coalesce(
            least(
                make_date(year(u.first_day) - 1, 1, 1),
                u.first_day - cast(u.last_day - u.first_day as integer)
            ),
            least(date '2000-01-01', u.newest_day)
        )
        and d.day <= coalesce(
            greatest(
                make_date(year(u.last_day) + 1, 12, 31),
                u.last_day + cast(u.last_day - u.first_day as integer)
            ),
            date '2099-12-31'
        )"""

_EARLY = """\
select d.day
    from {rows}_days as d
    cross join {rows}_span as s
    cross join {rows}_usual as u
    where d.day < s.first_day and d.day >= least(date '2000-01-01', u.first_day)"""
