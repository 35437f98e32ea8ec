with source as (
    select
        warehouse_id,
        warehouse_name,
        warehouse_kind,
        city,
        capacity_pallet_qty,
        is_active
    from clean.coreos__warehouses
),

unknown_member as (
    select
        'unknown' as warehouse_id,
        'Unknown warehouse' as warehouse_name,
        cast(null as varchar) as warehouse_kind,
        cast(null as varchar) as city,
        cast(null as bigint) as capacity_pallet_qty,
        cast(null as boolean) as is_active
),

final as (
    select * from source
    union all
    select * from unknown_member
)

select
    warehouse_id,
    warehouse_name,
    warehouse_kind,
    city,
    capacity_pallet_qty,
    is_active
from final
