with final as (
    select
        movements.movement_id,
        movements.movement_date,
        movements.sku,
        coalesce(products.sku, 'unknown') as product_key,
        movements.warehouse_id,
        coalesce(warehouses.warehouse_id, 'unknown') as warehouse_key,
        movements.movement_kind,
        movements.qty,
        movements.reference
    from clean.inventory_master__movements as movements
    left join ready.dim_product as products on movements.sku = products.sku
    left join ready.dim_warehouse as warehouses
        on movements.warehouse_id = warehouses.warehouse_id
)

select
    movement_id,
    movement_date,
    sku,
    product_key,
    warehouse_id,
    warehouse_key,
    movement_kind,
    qty,
    reference
from final
