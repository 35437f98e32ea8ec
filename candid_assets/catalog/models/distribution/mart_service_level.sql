with ordered as (
    select
        period_date as month_date,
        sum(ordered_qty) as ordered_qty,
        sum(delivered_qty) as delivered_qty
    from clean.skd_control__service_level
    group by period_date
),

trips as (
    select
        cast(date_trunc('month', arrived_at) as date) as month_date,
        count(*) as delivery_count,
        count(*) filter (where is_on_time) as on_time_count
    from clean.skd_control__deliveries
    where arrived_at is not null
    group by all
),

final as (
    select
        ordered.month_date,
        cast(ordered.ordered_qty as bigint) as ordered_qty,
        cast(ordered.delivered_qty as bigint) as delivered_qty,
        cast(
            ordered.delivered_qty / nullif(ordered.ordered_qty, 0)
            as decimal(18, 4)
        ) as fill_rate_pct,
        cast(coalesce(trips.delivery_count, 0) as bigint) as delivery_count,
        cast(
            trips.on_time_count / nullif(trips.delivery_count, 0)
            as decimal(18, 4)
        ) as on_time_pct
    from ordered
    left join trips on ordered.month_date = trips.month_date
)

select
    month_date,
    ordered_qty,
    delivered_qty,
    fill_rate_pct,
    delivery_count,
    on_time_pct
from final
