with bought as (
    select
        cast(date_trunc('month', order_date) as date) as month_date,
        outlet_key,
        sum(qty) as qty,
        sum(net_amount_idr) as amount_idr
    from ready.fct_order_lines
    where outlet_id is not null
    group by all
),

sold as (
    select
        cast(date_trunc('month', sell_outs.week_end_date) as date)
            as month_date,
        coalesce(outlets.outlet_id, 'unknown') as outlet_key,
        sum(sell_outs.qty) as qty,
        sum(sell_outs.amount_idr) as amount_idr
    from clean.sales_master__sell_out as sell_outs
    left join ready.dim_outlet as outlets
        on sell_outs.outlet_id = outlets.outlet_id
    group by all
),

final as (
    select
        coalesce(bought.month_date, sold.month_date) as month_date,
        coalesce(bought.outlet_key, sold.outlet_key) as outlet_key,
        cast(coalesce(bought.qty, 0) as bigint) as sell_in_qty,
        cast(coalesce(bought.amount_idr, 0) as decimal(18, 2))
            as sell_in_amount_idr,
        cast(coalesce(sold.qty, 0) as bigint) as sell_out_qty,
        cast(coalesce(sold.amount_idr, 0) as decimal(18, 2))
            as sell_out_amount_idr
    from bought
    full outer join sold
        on
            bought.month_date = sold.month_date
            and bought.outlet_key = sold.outlet_key
)

select
    month_date,
    outlet_key,
    sell_in_qty,
    sell_in_amount_idr,
    sell_out_qty,
    sell_out_amount_idr
from final
