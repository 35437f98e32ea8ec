with final as (
    select
        receipts.receipt_line_id,
        receipts.order_id,
        receipts.invoice_id,
        receipts.receipt_date,
        receipts.sku,
        coalesce(products.sku, 'unknown') as product_key,
        receipts.qty,
        receipts.unit_price_idr,
        receipts.amount_idr
    from clean.skd_control__sell_in as receipts
    left join ready.dim_product as products on receipts.sku = products.sku
)

select
    receipt_line_id,
    order_id,
    invoice_id,
    receipt_date,
    sku,
    product_key,
    qty,
    unit_price_idr,
    amount_idr
from final
