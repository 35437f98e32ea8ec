with counts as (
    select
        'opening' as count_kind, sku, warehouse_id, counted_date,
        qty as system_qty, null as counted_qty, value_idr
    from clean.inventory_master__opening_stock
    union all
    select
        'june_count' as count_kind, sku, warehouse_id, counted_date,
        system_qty, counted_qty, null as value_idr
    from clean.inventory_master__opname_jun
    union all
    select
        'december_count' as count_kind, sku, warehouse_id, counted_date,
        system_qty, counted_qty, null as value_idr
    from clean.inventory_master__opname_dec
    union all
    select
        'closing' as count_kind, sku, warehouse_id, counted_date,
        qty as system_qty, null as counted_qty, value_idr
    from clean.inventory_master__closing_stock
),

products as (
    select sku from ready.dim_product
),

warehouses as (
    select warehouse_id from ready.dim_warehouse
),

final as (
    select
        c.count_kind,
        c.sku,
        c.warehouse_id,
        coalesce(products.sku, 'unknown') as product_key,
        coalesce(warehouses.warehouse_id, 'unknown') as warehouse_key,
        c.counted_date,
        c.system_qty,
        cast(c.counted_qty as bigint) as counted_qty,
        cast(c.counted_qty - c.system_qty as bigint) as difference_qty,
        cast(c.value_idr as decimal(18, 2)) as value_idr
    from counts as c
    left join products on c.sku = products.sku
    left join warehouses on c.warehouse_id = warehouses.warehouse_id
)

select * from final
