with warehouses as (
    select
        warehouse_id, warehouse_name, warehouse_kind, city,
        capacity_pallet_qty, is_active
    from clean.coreos__warehouses
),

final as (
    select
        warehouse_id,
        warehouse_name,
        warehouse_kind,
        city,
        capacity_pallet_qty,
        is_active,
        md5(concat('warehouse:', warehouse_id)) as warehouse_sk
    from warehouses
    union all
    select
        'unknown' as warehouse_id, 'Unknown' as warehouse_name,
        'Unknown' as warehouse_kind, null as city, null as capacity_pallet_qty,
        null as is_active,
        md5('warehouse:unknown') as warehouse_sk
)

select * from final
