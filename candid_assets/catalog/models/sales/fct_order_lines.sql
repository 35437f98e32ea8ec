with lines as (
    select * from clean.sales_master__orders_jan25
    union all by name
    select * from clean.sales_master__orders_feb25
    union all by name
    select * from clean.sales_master__orders_mar25
    union all by name
    select * from clean.sales_master__orders_apr25
    union all by name
    select * from clean.sales_master__orders_mei25
    union all by name
    select * from clean.sales_master__orders_jun25
    union all by name
    select * from clean.sales_master__orders_jul25
    union all by name
    select * from clean.sales_master__orders_agu25
    union all by name
    select * from clean.sales_master__orders_sep25
    union all by name
    select * from clean.sales_master__orders_okt25
    union all by name
    select * from clean.sales_master__orders_nov25
    union all by name
    select * from clean.sales_master__orders_des25
),

products as (
    select sku from ready.dim_product
),

outlets as (
    select outlet_id from ready.dim_outlet
),

final as (
    select
        lines.order_line_id,
        lines.order_id,
        lines.order_date,
        lines.sku,
        coalesce(products.sku, 'unknown') as product_key,
        lines.outlet_id,
        coalesce(outlets.outlet_id, 'unknown') as outlet_key,
        lines.distributor_id,
        coalesce(lines.distributor_id, 'unknown') as distributor_key,
        lines.salesman_id,
        lines.promo_id,
        lines.qty,
        lines.unit_price_idr,
        lines.discount_pct,
        lines.net_amount_idr,
        lines.status
    from lines
    left join products on lines.sku = products.sku
    left join outlets on lines.outlet_id = outlets.outlet_id
)

select
    order_line_id,
    order_id,
    order_date,
    sku,
    product_key,
    outlet_id,
    outlet_key,
    distributor_id,
    distributor_key,
    salesman_id,
    promo_id,
    qty,
    unit_price_idr,
    discount_pct,
    net_amount_idr,
    status
from final
