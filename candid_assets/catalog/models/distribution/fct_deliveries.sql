with deliveries as (
    select
        delivery_id, order_id, invoice_id, departed_at, arrived_at,
        delivered_qty, freight_cost_idr, is_on_time
    from clean.skd_control__deliveries
),

ordered as (
    select order_id, sum(qty) as ordered_qty
    from ready.fct_order_lines
    group by order_id
),

final as (
    select
        deliveries.delivery_id,
        deliveries.order_id,
        deliveries.invoice_id,
        deliveries.departed_at,
        deliveries.arrived_at,
        cast(ordered.ordered_qty as bigint) as ordered_qty,
        deliveries.delivered_qty,
        deliveries.freight_cost_idr,
        deliveries.is_on_time,
        deliveries.delivered_qty >= ordered.ordered_qty as is_in_full
    from deliveries
    left join ordered on deliveries.order_id = ordered.order_id
)

select * from final
