with source as (
    select
        sku,
        product_name,
        category,
        brand,
        pack_size,
        net_weight_kg,
        units_per_carton,
        list_price_idr,
        launch_date,
        is_active
    from clean.coreos__products
),

unknown_member as (
    select
        'unknown' as sku,
        'Unknown product' as product_name,
        cast(null as varchar) as category,
        cast(null as varchar) as brand,
        cast(null as varchar) as pack_size,
        cast(null as decimal(18, 3)) as net_weight_kg,
        cast(null as bigint) as units_per_carton,
        cast(null as decimal(18, 2)) as list_price_idr,
        cast(null as date) as launch_date,
        cast(null as boolean) as is_active
),

final as (
    select * from source
    union all
    select * from unknown_member
)

select
    sku,
    product_name,
    category,
    brand,
    pack_size,
    net_weight_kg,
    units_per_carton,
    list_price_idr,
    launch_date,
    is_active
from final
