with final as (
    select
        period_date as month_date,
        sku,
        opening_qty,
        sell_in_qty,
        sell_out_qty,
        closing_qty,
        opening_qty + sell_in_qty - sell_out_qty - closing_qty
            as difference_qty,
        cast(
            closing_qty * day(last_day(period_date))
            / nullif(sell_out_qty, 0)
            as decimal(18, 2)
        ) as cover_days
    from clean.skd_control__stock_monthly
)

select
    month_date,
    sku,
    opening_qty,
    sell_in_qty,
    sell_out_qty,
    closing_qty,
    difference_qty,
    cover_days
from final
