with invoices as (
    select
        invoice_id, order_id, net_amount_idr, total_amount_idr,
        paid_amount_idr, open_amount_idr
    from ready.fct_invoices
),

orders as (
    select order_id, sum(net_amount_idr) as amount_idr
    from ready.fct_order_lines
    group by order_id
),

final as (
    select
        i.invoice_id,
        i.order_id,
        i.total_amount_idr,
        i.paid_amount_idr,
        i.open_amount_idr,
        cast(
            i.total_amount_idr - i.paid_amount_idr - i.open_amount_idr
            as decimal(18, 2)
        ) as difference_idr,
        i.net_amount_idr,
        cast(coalesce(orders.amount_idr, 0) as decimal(18, 2))
            as order_amount_idr,
        cast(
            i.net_amount_idr - coalesce(orders.amount_idr, 0)
            as decimal(18, 2)
        ) as order_difference_idr
    from invoices as i
    left join orders on i.order_id = orders.order_id
)

select * from final
