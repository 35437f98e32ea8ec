with products as (
    select
        sku, product_name, category, brand, pack_size, net_weight_kg,
        units_per_carton, list_price_idr, shelf_life_days, launch_date,
        is_active
    from clean.coreos__products
),

members as (
    select
        sku, product_name, category, brand, pack_size, net_weight_kg,
        units_per_carton, list_price_idr, shelf_life_days, launch_date,
        is_active
    from products
    union all
    select
        'unknown' as sku, 'Unknown' as product_name, 'Unknown' as category,
        'Unknown' as brand, null as pack_size, null as net_weight_kg,
        null as units_per_carton, null as list_price_idr,
        null as shelf_life_days, null as launch_date, null as is_active
),

final as (
    select
        sku,
        product_name,
        category,
        brand,
        pack_size,
        net_weight_kg,
        units_per_carton,
        list_price_idr,
        shelf_life_days,
        launch_date,
        is_active,
        md5(concat('product:', sku)) as product_sk
    from members
)

select * from final
