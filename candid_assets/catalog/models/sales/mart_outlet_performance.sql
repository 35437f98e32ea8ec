with outlets as (
    select outlet_id, outlet_name, channel_name, region
    from ready.dim_outlet
    where outlet_id <> 'none'
),

orders as (
    select
        outlet_key,
        count(distinct order_id) as order_count,
        sum(qty) as order_qty,
        sum(net_amount_idr) as net_amount_idr,
        max(order_date) as last_order_date
    from ready.fct_order_lines
    group by outlet_key
),

visits as (
    select visit_id, outlet_id, result
    from clean.sales_master__visits
),

visited as (
    select
        coalesce(outlets.outlet_id, 'unknown') as outlet_key,
        count(visits.visit_id) as visit_count,
        sum(case when visits.result = 'Order' then 1 else 0 end)
            as visit_order_count
    from visits
    left join outlets on visits.outlet_id = outlets.outlet_id
    group by coalesce(outlets.outlet_id, 'unknown')
),

sell_out as (
    select
        outlet_key,
        sum(sell_out_qty) as qty,
        sum(sell_out_amount_idr) as amount_idr
    from ready.fct_outlet_sell_out
    group by outlet_key
),

final as (
    select
        outlets.outlet_id as outlet_key,
        outlets.outlet_name,
        outlets.channel_name,
        outlets.region,
        coalesce(orders.order_count, 0) as order_count,
        cast(coalesce(orders.order_qty, 0) as bigint) as order_qty,
        cast(coalesce(orders.net_amount_idr, 0) as decimal(18, 2))
            as net_amount_idr,
        orders.last_order_date,
        coalesce(v.visit_count, 0) as visit_count,
        cast(coalesce(v.visit_order_count, 0) as bigint)
            as visit_order_count,
        cast(
            exact_ratio(v.visit_order_count, v.visit_count, 4) as decimal(18, 4)
        ) as strike_rate_pct,
        cast(coalesce(sell_out.qty, 0) as bigint) as sell_out_qty,
        cast(coalesce(sell_out.amount_idr, 0) as decimal(18, 2))
            as sell_out_amount_idr
    from outlets
    left join orders on outlets.outlet_id = orders.outlet_key
    left join visited as v on outlets.outlet_id = v.outlet_key
    left join sell_out on outlets.outlet_id = sell_out.outlet_key
)

select * from final
