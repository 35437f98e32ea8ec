with entries as (
    select
        period_date, product_key, opening_qty, sell_in_qty, sell_out_qty,
        closing_qty, 0 as receipt_qty, 0 as note_qty
    from ready.fct_skd_stock
    union all
    select
        period_date, product_key, 0 as opening_qty, 0 as sell_in_qty,
        0 as sell_out_qty, 0 as closing_qty, sell_in_qty as receipt_qty,
        0 as note_qty
    from ready.fct_sell_in
    union all
    select
        period_date, product_key, 0 as opening_qty, 0 as sell_in_qty,
        0 as sell_out_qty, 0 as closing_qty, 0 as receipt_qty,
        sell_out_qty as note_qty
    from ready.fct_sell_out
),

products as (
    select sku, product_name, category from ready.dim_product
),

totals as (
    select
        period_date,
        product_key,
        cast(sum(opening_qty) as bigint) as opening_qty,
        cast(sum(sell_in_qty) as bigint) as sell_in_qty,
        cast(sum(sell_out_qty) as bigint) as sell_out_qty,
        cast(sum(closing_qty) as bigint) as closing_qty,
        cast(sum(receipt_qty) as bigint) as receipt_qty,
        cast(sum(note_qty) as bigint) as note_qty
    from entries
    group by period_date, product_key
),

final as (
    select
        t.period_date,
        t.product_key,
        products.product_name,
        products.category,
        t.opening_qty,
        t.sell_in_qty,
        t.sell_out_qty,
        t.closing_qty,
        cast(
            exact_ratio(t.closing_qty * 30, t.sell_out_qty, 2) as decimal(18, 2)
        ) as cover_days,
        t.opening_qty + t.sell_in_qty - t.sell_out_qty - t.closing_qty
            as balance_difference_qty,
        t.sell_in_qty - t.receipt_qty as sell_in_difference_qty,
        t.sell_out_qty - t.note_qty as sell_out_difference_qty
    from totals as t
    inner join products on t.product_key = products.sku
)

select * from final
