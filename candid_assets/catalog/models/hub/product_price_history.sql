with products as (
    select sku, list_price_idr
    from clean.coreos__products
),

final as (
    select
        sku,
        md5(concat('product:', sku)) as product_sk,
        list_price_idr
    from products
)

select * from final
