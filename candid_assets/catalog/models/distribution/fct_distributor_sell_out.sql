with final as (
    select
        sales.sell_out_id,
        sales.sale_date,
        sales.outlet_id,
        coalesce(outlets.outlet_id, 'unknown') as outlet_key,
        sales.sku,
        coalesce(products.sku, 'unknown') as product_key,
        sales.qty,
        sales.unit_price_idr,
        sales.amount_idr,
        sales.salesman_code,
        sales.payment_kind
    from clean.skd_control__sell_out as sales
    left join ready.dim_outlet as outlets
        on sales.outlet_id = outlets.outlet_id
    left join ready.dim_product as products on sales.sku = products.sku
)

select
    sell_out_id,
    sale_date,
    outlet_id,
    outlet_key,
    sku,
    product_key,
    qty,
    unit_price_idr,
    amount_idr,
    salesman_code,
    payment_kind
from final
