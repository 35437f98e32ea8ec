with entries as (
    select
        order_id, sku, qty as sold_qty, 0 as received_qty,
        net_amount_idr as sold_idr, 0 as received_idr
    from ready.fct_order_lines
    where distributor_id = 'D001'
    union all
    select
        order_id, sku, 0 as sold_qty, sell_in_qty as received_qty,
        0 as sold_idr, sell_in_amount_idr as received_idr
    from ready.fct_sell_in
),

final as (
    select
        order_id,
        sku,
        cast(sum(sold_qty) as bigint) as sold_qty,
        cast(sum(received_qty) as bigint) as received_qty,
        cast(sum(sold_qty - received_qty) as bigint) as difference_qty,
        cast(sum(sold_idr) as decimal(18, 2)) as sold_amount_idr,
        cast(sum(received_idr) as decimal(18, 2)) as received_amount_idr,
        cast(sum(sold_idr - received_idr) as decimal(18, 2)) as difference_idr
    from entries
    group by order_id, sku
)

select * from final
