with stock as (
    select
        period_date, sku, opening_qty, sell_in_qty, sell_out_qty,
        closing_qty, cover_days
    from clean.skd_control__stock_monthly
),

products as (
    select sku from ready.dim_product
),

final as (
    select
        stock.period_date,
        stock.sku,
        coalesce(products.sku, 'unknown') as product_key,
        stock.opening_qty,
        stock.sell_in_qty,
        stock.sell_out_qty,
        stock.closing_qty,
        stock.cover_days as reported_cover_days
    from stock
    left join products on stock.sku = products.sku
)

select * from final
