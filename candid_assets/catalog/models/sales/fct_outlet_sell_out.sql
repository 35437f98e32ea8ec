with sell_out as (
    select
        sell_out_id, week_end_date, outlet_id, sku, source, qty,
        amount_idr, shelf_stock_qty
    from clean.sales_master__sell_out
),

outlets as (
    select outlet_id from ready.dim_outlet
),

products as (
    select sku from ready.dim_product
),

final as (
    select
        sell_out.sell_out_id,
        sell_out.week_end_date,
        sell_out.outlet_id,
        coalesce(outlets.outlet_id, 'unknown') as outlet_key,
        sell_out.sku,
        coalesce(products.sku, 'unknown') as product_key,
        sell_out.source as data_source,
        sell_out.qty as sell_out_qty,
        sell_out.amount_idr as sell_out_amount_idr,
        sell_out.shelf_stock_qty
    from sell_out
    left join outlets on sell_out.outlet_id = outlets.outlet_id
    left join products on sell_out.sku = products.sku
)

select * from final
