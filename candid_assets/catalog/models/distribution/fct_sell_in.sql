with receipts as (
    select
        receipt_line_id, order_id, invoice_id, receipt_date, sku, qty,
        unit_price_idr, amount_idr
    from clean.skd_control__sell_in
),

products as (
    select sku from ready.dim_product
),

final as (
    select
        receipts.receipt_line_id,
        receipts.order_id,
        receipts.invoice_id,
        receipts.receipt_date,
        cast(date_trunc('month', receipts.receipt_date) as date)
            as period_date,
        receipts.sku,
        coalesce(products.sku, 'unknown') as product_key,
        receipts.qty as sell_in_qty,
        receipts.unit_price_idr,
        receipts.amount_idr as sell_in_amount_idr
    from receipts
    left join products on receipts.sku = products.sku
)

select * from final
