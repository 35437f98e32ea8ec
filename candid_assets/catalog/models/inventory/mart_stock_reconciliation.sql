with entries as (
    select
        product_key, 'opening' as part, system_qty as qty, 0 as value_idr
    from ready.fct_stock_counts
    where count_kind = 'opening'
    union all
    select
        product_key, 'produced' as part, produced_qty as qty, 0 as value_idr
    from ready.fct_batches
    union all
    select product_key, 'sold' as part, qty, 0 as value_idr
    from ready.fct_order_lines
    union all
    select
        product_key, 'scrapped' as part, scrap_qty as qty, 0 as value_idr
    from ready.fct_scrap
    union all
    select product_key, 'closing' as part, system_qty as qty, value_idr
    from ready.fct_stock_counts
    where count_kind = 'closing'
),

products as (
    select sku, product_name, category from ready.dim_product
),

totals as (
    select
        product_key,
        sum(case when part = 'opening' then qty else 0 end) as opening_qty,
        sum(case when part = 'produced' then qty else 0 end) as produced_qty,
        sum(case when part = 'sold' then qty else 0 end) as sold_qty,
        sum(case when part = 'scrapped' then qty else 0 end) as scrapped_qty,
        sum(case when part = 'closing' then qty else 0 end) as closing_qty,
        sum(case
            when part in ('opening', 'produced') then qty
            when part in ('sold', 'scrapped') then -qty
            else 0
        end) as expected_qty,
        sum(value_idr) as value_idr
    from entries
    group by product_key
),

final as (
    select
        t.product_key,
        products.product_name,
        products.category,
        cast(t.opening_qty as bigint) as opening_qty,
        cast(t.produced_qty as bigint) as produced_qty,
        cast(t.sold_qty as bigint) as sold_qty,
        cast(t.scrapped_qty as bigint) as scrapped_qty,
        cast(t.expected_qty as bigint) as expected_qty,
        cast(t.closing_qty as bigint) as closing_qty,
        cast(t.expected_qty - t.closing_qty as bigint) as difference_qty,
        cast(t.value_idr as decimal(18, 2)) as closing_value_idr
    from totals as t
    inner join products on t.product_key = products.sku
)

select * from final
