with stock as (
    select period_date, sku, stock_qty, return_qty, return_amount_idr
    from clean.inventory_master__stock_returns
),

points as (
    select sku, reorder_point_qty
    from clean.inventory_master__reorder_points
),

products as (
    select sku from ready.dim_product
),

final as (
    select
        stock.period_date,
        stock.sku,
        coalesce(products.sku, 'unknown') as product_key,
        stock.stock_qty,
        points.reorder_point_qty,
        coalesce(stock.stock_qty < points.reorder_point_qty, false)
            as is_below_reorder_point,
        stock.return_qty,
        stock.return_amount_idr
    from stock
    left join points on stock.sku = points.sku
    left join products on stock.sku = products.sku
)

select * from final
