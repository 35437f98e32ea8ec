with final as (
    select
        cast(date_trunc('month', production_date) as date) as month_date,
        product_key,
        cast(count(*) as bigint) as batch_count,
        cast(sum(planned_qty) as bigint) as planned_qty,
        cast(sum(produced_qty) as bigint) as produced_qty,
        cast(sum(scrap_qty) as bigint) as scrap_qty,
        cast(
            sum(produced_qty) / nullif(sum(planned_qty), 0)
            as decimal(18, 4)
        ) as yield_pct,
        cast(
            sum(scrap_qty) / nullif(sum(produced_qty), 0)
            as decimal(18, 4)
        ) as scrap_pct
    from ready.fct_batches
    group by all
)

select
    month_date,
    product_key,
    batch_count,
    planned_qty,
    produced_qty,
    scrap_qty,
    yield_pct,
    scrap_pct
from final
