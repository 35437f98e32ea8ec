with final as (
    select
        cast(date_trunc('month', tested_at) as date) as month_date,
        method_id,
        cast(count(*) as bigint) as result_count,
        cast(count(*) filter (where verdict = 'Lulus') as bigint)
            as passed_count,
        cast(
            count(*) filter (where verdict = 'Lulus') / nullif(count(*), 0)
            as decimal(18, 4)
        ) as pass_pct,
        cast(
            sum(turnaround_hours) / nullif(count(turnaround_hours), 0)
            as decimal(18, 2)
        ) as average_turnaround_hours
    from ready.fct_lab_results
    where tested_at is not null and method_id is not null
    group by all
)

select
    month_date,
    method_id,
    result_count,
    passed_count,
    pass_pct,
    average_turnaround_hours
from final
