with entries as (
    select
        product_key, warehouse_key, count_kind as part, system_qty as qty,
        case when count_kind = 'december_count' then difference_qty else 0 end
            as count_qty
    from ready.fct_stock_counts
    union all
    select
        product_key, warehouse_key,
        case
            when movement_kind in ('Transfer Keluar', 'Transfer Masuk')
                then 'transfer'
            else 'movement'
        end as part,
        movement_qty as qty, 0 as count_qty
    from ready.fct_stock_movements
),

totals as (
    select
        product_key,
        warehouse_key,
        sum(case when part = 'opening' then qty else 0 end) as opening_qty,
        sum(case when part = 'movement' then qty else 0 end) as movement_qty,
        sum(case when part = 'transfer' then qty else 0 end) as transfer_qty,
        sum(case when part = 'closing' then qty else 0 end) as closing_qty,
        sum(count_qty) as count_difference_qty
    from entries
    group by product_key, warehouse_key
),

final as (
    select
        product_key,
        warehouse_key,
        cast(opening_qty as bigint) as opening_qty,
        cast(movement_qty as bigint) as movement_qty,
        cast(transfer_qty as bigint) as transfer_qty,
        cast(closing_qty as bigint) as closing_qty,
        cast(opening_qty + movement_qty + transfer_qty - closing_qty as bigint)
            as difference_qty,
        cast(count_difference_qty as bigint) as count_difference_qty
    from totals
)

select * from final
