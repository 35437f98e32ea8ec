with notes as (
    select
        sell_out_id, sale_date, outlet_id, sku, salesman_code, payment_kind,
        qty, unit_price_idr, amount_idr
    from clean.skd_control__sell_out
),

outlets as (
    select outlet_id from ready.dim_outlet
),

products as (
    select sku from ready.dim_product
),

final as (
    select
        notes.sell_out_id,
        notes.sale_date,
        cast(date_trunc('month', notes.sale_date) as date) as period_date,
        notes.outlet_id,
        coalesce(outlets.outlet_id, 'unknown') as outlet_key,
        notes.sku,
        coalesce(products.sku, 'unknown') as product_key,
        notes.salesman_code,
        notes.payment_kind,
        notes.qty as sell_out_qty,
        notes.unit_price_idr,
        notes.amount_idr as sell_out_amount_idr
    from notes
    left join outlets on notes.outlet_id = outlets.outlet_id
    left join products on notes.sku = products.sku
)

select * from final
