with parts as (
    select
        sku, qty as opening_qty, 0 as produced_qty, 0 as sold_qty,
        0 as scrapped_qty, 0 as closing_qty
    from clean.inventory_master__opening_stock
    union all
    select sku, 0, produced_qty, 0, 0, 0
    from clean.production_master__batches
    union all
    select sku, 0, 0, qty, 0, 0
    from ready.fct_order_lines
    union all
    select sku, 0, 0, 0, scrap_qty, 0
    from clean.production_master__scrap
    union all
    select sku, 0, 0, 0, 0, qty
    from clean.inventory_master__closing_stock
),

totals as (
    select
        sku,
        cast(sum(opening_qty) as bigint) as opening_qty,
        cast(sum(produced_qty) as bigint) as produced_qty,
        cast(sum(sold_qty) as bigint) as sold_qty,
        cast(sum(scrapped_qty) as bigint) as scrapped_qty,
        cast(sum(closing_qty) as bigint) as closing_qty
    from parts
    group by sku
),

final as (
    select
        sku,
        opening_qty,
        produced_qty,
        sold_qty,
        scrapped_qty,
        closing_qty,
        opening_qty + produced_qty - sold_qty - scrapped_qty - closing_qty
            as difference_qty
    from totals
)

select
    sku,
    opening_qty,
    produced_qty,
    sold_qty,
    scrapped_qty,
    closing_qty,
    difference_qty
from final
