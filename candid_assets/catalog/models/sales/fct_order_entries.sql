with final as (
    select
        order_line_id, order_id, order_date, outlet_id, distributor_id, sku,
        qty, unit_price_idr, discount_pct, net_amount_idr, salesman_id,
        promo_id, status
    from clean.sales_master__orders_jan25
    union all
    select
        order_line_id, order_id, order_date, outlet_id, distributor_id, sku,
        qty, unit_price_idr, discount_pct, net_amount_idr, salesman_id,
        promo_id, status
    from clean.sales_master__orders_feb25
    union all
    select
        order_line_id, order_id, order_date, outlet_id, distributor_id, sku,
        qty, unit_price_idr, discount_pct, net_amount_idr, salesman_id,
        promo_id, status
    from clean.sales_master__orders_mar25
    union all
    select
        order_line_id, order_id, order_date, outlet_id, distributor_id, sku,
        qty, unit_price_idr, discount_pct, net_amount_idr, salesman_id,
        promo_id, status
    from clean.sales_master__orders_apr25
    union all
    select
        order_line_id, order_id, order_date, outlet_id, distributor_id, sku,
        qty, unit_price_idr, discount_pct, net_amount_idr, salesman_id,
        promo_id, status
    from clean.sales_master__orders_mei25
    union all
    select
        order_line_id, order_id, order_date, outlet_id, distributor_id, sku,
        qty, unit_price_idr, discount_pct, net_amount_idr, salesman_id,
        promo_id, status
    from clean.sales_master__orders_jun25
    union all
    select
        order_line_id, order_id, order_date, outlet_id, distributor_id, sku,
        qty, unit_price_idr, discount_pct, net_amount_idr, salesman_id,
        promo_id, status
    from clean.sales_master__orders_jul25
    union all
    select
        order_line_id, order_id, order_date, outlet_id, distributor_id, sku,
        qty, unit_price_idr, discount_pct, net_amount_idr, salesman_id,
        promo_id, status
    from clean.sales_master__orders_agu25
    union all
    select
        order_line_id, order_id, order_date, outlet_id, distributor_id, sku,
        qty, unit_price_idr, discount_pct, net_amount_idr, salesman_id,
        promo_id, status
    from clean.sales_master__orders_sep25
    union all
    select
        order_line_id, order_id, order_date, outlet_id, distributor_id, sku,
        qty, unit_price_idr, discount_pct, net_amount_idr, salesman_id,
        promo_id, status
    from clean.sales_master__orders_okt25
    union all
    select
        order_line_id, order_id, order_date, outlet_id, distributor_id, sku,
        qty, unit_price_idr, discount_pct, net_amount_idr, salesman_id,
        promo_id, status
    from clean.sales_master__orders_nov25
    union all
    select
        order_line_id, order_id, order_date, outlet_id, distributor_id, sku,
        qty, unit_price_idr, discount_pct, net_amount_idr, salesman_id,
        promo_id, status
    from clean.sales_master__orders_des25
)

select * from final
