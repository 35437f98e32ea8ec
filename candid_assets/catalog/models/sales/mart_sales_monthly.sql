with order_lines as (
    select
        period_date, product_key, order_id, customer_kind, qty,
        gross_amount_idr, discount_amount_idr, net_amount_idr
    from ready.fct_order_lines
),

sales_returns as (
    select period_date, product_key, return_qty, credit_amount_idr
    from ready.fct_sales_returns
),

products as (
    select sku, product_name, category from ready.dim_product
),

entries as (
    select
        period_date, product_key, order_id, customer_kind, qty,
        gross_amount_idr, discount_amount_idr, net_amount_idr,
        0 as return_qty, 0 as credit_amount_idr
    from order_lines
    union all
    select
        period_date, product_key, null as order_id, null as customer_kind,
        0 as qty, 0 as gross_amount_idr, 0 as discount_amount_idr,
        0 as net_amount_idr, return_qty, credit_amount_idr
    from sales_returns
),

totals as (
    select
        period_date,
        product_key,
        count(distinct order_id) as order_count,
        sum(qty) as sold_qty,
        sum(case when customer_kind = 'outlet' then qty else 0 end)
            as outlet_qty,
        sum(case when customer_kind = 'distributor' then qty else 0 end)
            as distributor_qty,
        sum(gross_amount_idr) as gross_idr,
        sum(discount_amount_idr) as discount_idr,
        sum(net_amount_idr) as net_idr,
        sum(return_qty) as return_qty,
        sum(credit_amount_idr) as credit_idr
    from entries
    group by period_date, product_key
),

final as (
    select
        t.period_date,
        t.product_key,
        products.product_name,
        products.category,
        t.order_count,
        cast(t.sold_qty as bigint) as sold_qty,
        cast(t.outlet_qty as bigint) as outlet_qty,
        cast(t.distributor_qty as bigint) as distributor_qty,
        cast(t.gross_idr as decimal(18, 2)) as gross_amount_idr,
        cast(t.discount_idr as decimal(18, 2)) as discount_amount_idr,
        cast(exact_ratio(t.discount_idr, t.gross_idr, 4) as decimal(18, 4))
            as discount_pct,
        cast(t.net_idr as decimal(18, 2)) as net_amount_idr,
        cast(t.return_qty as bigint) as return_qty,
        cast(t.credit_idr as decimal(18, 2)) as credit_amount_idr,
        cast(t.net_idr - t.credit_idr as decimal(18, 2))
            as net_after_returns_idr
    from totals as t
    inner join products on t.product_key = products.sku
)

select * from final
