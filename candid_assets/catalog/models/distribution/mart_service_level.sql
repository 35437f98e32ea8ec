with products as (
    select sku, category from ready.dim_product
),

receipts as (
    select period_date, product_key, sell_in_qty from ready.fct_sell_in
),

entries as (
    select
        period_date, category, ordered_qty, delivered_qty,
        0 as receipt_qty, late_order_qty
    from clean.skd_control__service_level
    union all
    select
        receipts.period_date, products.category, 0 as ordered_qty,
        0 as delivered_qty, receipts.sell_in_qty as receipt_qty,
        0 as late_order_qty
    from receipts
    inner join products on receipts.product_key = products.sku
),

totals as (
    select
        period_date,
        category,
        cast(sum(ordered_qty) as bigint) as ordered_qty,
        cast(sum(delivered_qty) as bigint) as delivered_qty,
        cast(sum(receipt_qty) as bigint) as receipt_qty,
        cast(coalesce(sum(late_order_qty), 0) as bigint) as late_order_qty
    from entries
    group by period_date, category
),

final as (
    select
        period_date,
        category,
        ordered_qty,
        delivered_qty,
        cast(exact_ratio(delivered_qty, ordered_qty, 4) as decimal(18, 4))
            as fill_rate_pct,
        receipt_qty,
        delivered_qty - receipt_qty as difference_qty,
        late_order_qty
    from totals
)

select * from final
