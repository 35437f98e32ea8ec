"""Which periods of a metric are complete, and what of a target falls on the days of a running one.

A period is complete when every source of the metric reaches from its first day to its last. Of a
running period a target that grows with the period holds for its worked days so far.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from candid_assets.contracts.exact_division import WHOLE_RATIO
from candid_assets.contracts.metrics.declarations import TOTAL, Registry, WorkedDays
from candid_assets.contracts.metrics.target_status import target_status

VALUE_TYPE: Final = "decimal(38, 6)"


def completeness_steps(registry: Registry, reaches: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the steps from `valued` and `goals` to `judged` and `elapsed`.

    Args:
        registry: The registry, for the days that are worked.
        reaches: The SELECT of each metric's reach.
    """
    yield "reaches", "\n    union all\n    ".join(reaches.values())
    yield "placed", _PLACED
    yield "judged", _JUDGED
    yield "running", _RUNNING
    yield "worked_days", _worked(registry.worked_days)
    yield "elapsed", _ELAPSED


def _worked(days: WorkedDays | None) -> str:
    """Return the SELECT of the worked days from the first running period to the last."""
    usual = "extract('isodow' from d.day) <= 5"
    series = (
        "select cast(unnest(generate_series(min(period_start), max(period_end), interval 1 day))"
        " as date) as day\n        from running"
    )
    if days is None:
        return f"select d.day\n    from (\n        {series}\n    ) as d\n    where {usual}"
    return (
        f"select d.day\n    from (\n        {series}\n    ) as d\n    left join (\n        select"
        f" {days.day} as day, {days.is_working} as is_worked\n        from {days.relation}"
        f"\n    ) as c\n        on d.day = c.day\n    where coalesce(c.is_worked, {usual})"
    )


_PLACED: Final = f"""\
select
        v.metric, v.grain, v.period_start,
        cast(v.period_start + g.step - interval 1 day as date) as period_end,
        v.dimension, v.member, v.value, g.unit, g.direction, g.warning, g.minimum, g.maximum,
        g.grows,
        case
            when v.dimension = '{TOTAL}' or g.holds_for_members
                then cast(g.target as {VALUE_TYPE})
        end as target
    from valued as v
    inner join goals as g on v.metric = g.metric and v.grain = g.grain"""

_JUDGED: Final = """\
select
        p.*, r.first_day, r.last_day,
        coalesce(
            p.period_end <= r.ends_on
            and (
                r.starts_on is null
                or r.starts_on <= case when r.by_end then p.period_end else p.period_start end
            ),
            false
        ) as is_complete
    from placed as p
    left join reaches as r on p.metric = r.metric"""

_RUNNING: Final = """\
select distinct metric, grain, period_start, period_end, first_day, last_day
    from judged
    where not is_complete and grows = 'with_period' and target is not null"""

_ELAPSED: Final = """\
select
        r.metric, r.grain, r.period_start,
        count(*) filter (where w.day between r.first_day and r.last_day) as days_worked,
        count(*) as days_to_work
    from running as r
    inner join worked_days as w on w.day between r.period_start and r.period_end
    group by r.metric, r.grain, r.period_start"""

_SO_FAR: Final = WHOLE_RATIO.format(
    above="cast(1000000 * j.target * e.days_worked as hugeint)",
    below="cast(e.days_to_work as hugeint)",
    twice=2,
)

FINAL: Final = f"""\
select
    j.metric,
    j.grain,
    j.period_start,
    j.dimension,
    j.member,
    j.value,
    j.unit,
    j.target,
    {target_status()} as status,
    j.is_complete,
    case
        when j.is_complete or j.grows = 'otherwise' then null
        when j.grows = 'not' then j.target
        else cast(
            cast(
                {_SO_FAR}
                as decimal(32, 0)
            ) * 0.000001
            as {VALUE_TYPE}
        )
    end as target_so_far
from judged as j
left join elapsed as e
    on j.metric = e.metric and j.grain = e.grain and j.period_start = e.period_start
order by j.metric, j.grain, j.dimension, j.member, j.period_start"""
"""The SELECT of the values with their status, whether they are complete, and the target so far."""
