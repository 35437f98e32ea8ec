with movements as (
    select
        movement_id, movement_date, sku, warehouse_id, movement_kind, qty,
        reference
    from clean.inventory_master__movements
),

transfers as (
    select
        transfer_id, transfer_date, sku, from_warehouse_id, to_warehouse_id,
        qty
    from clean.inventory_master__transfers
),

products as (
    select sku from ready.dim_product
),

warehouses as (
    select warehouse_id from ready.dim_warehouse
),

entries as (
    select
        movement_id, movement_date, sku, warehouse_id, movement_kind, qty,
        reference
    from movements
    union all
    select
        concat(transfer_id, '-OUT') as movement_id,
        transfer_date as movement_date, sku,
        from_warehouse_id as warehouse_id,
        'Transfer Keluar' as movement_kind, -qty as qty,
        transfer_id as reference
    from transfers
    union all
    select
        concat(transfer_id, '-IN') as movement_id,
        transfer_date as movement_date, sku,
        to_warehouse_id as warehouse_id,
        'Transfer Masuk' as movement_kind, qty,
        transfer_id as reference
    from transfers
),

final as (
    select
        e.movement_id,
        e.movement_date,
        cast(date_trunc('month', e.movement_date) as date) as period_date,
        e.sku,
        coalesce(products.sku, 'unknown') as product_key,
        e.warehouse_id,
        coalesce(warehouses.warehouse_id, 'unknown') as warehouse_key,
        e.movement_kind,
        e.qty as movement_qty,
        e.reference
    from entries as e
    left join products on e.sku = products.sku
    left join warehouses on e.warehouse_id = warehouses.warehouse_id
)

select * from final
