with sales as (
    select
        cast(date_trunc('month', lines.order_date) as date) as month_date,
        products.category,
        sum(lines.qty) as qty,
        sum(lines.net_amount_idr) as net_amount_idr,
        count(distinct lines.order_id) as order_count
    from ready.fct_order_lines as lines
    inner join ready.dim_product as products
        on lines.product_key = products.sku
    group by all
),

targets as (
    select period_date, category, target_amount_idr
    from clean.sales_master__targets_q1
    union all
    select period_date, category, target_amount_idr
    from clean.sales_master__targets_q2
    union all
    select period_date, category, target_amount_idr
    from clean.sales_master__targets_q3
    union all
    select period_date, category, target_amount_idr
    from clean.sales_master__targets_q4
),

monthly_targets as (
    select
        period_date as month_date,
        category,
        sum(target_amount_idr) as target_amount_idr
    from targets
    group by all
),

final as (
    select
        coalesce(sales.month_date, t.month_date) as month_date,
        coalesce(sales.category, t.category, 'unknown') as category,
        cast(coalesce(sales.qty, 0) as bigint) as qty,
        cast(coalesce(sales.order_count, 0) as bigint) as order_count,
        cast(coalesce(sales.net_amount_idr, 0) as decimal(18, 2))
            as net_amount_idr,
        cast(t.target_amount_idr as decimal(18, 2)) as target_amount_idr,
        cast(
            sales.net_amount_idr / nullif(t.target_amount_idr, 0)
            as decimal(18, 4)
        ) as achievement_pct
    from sales
    full outer join monthly_targets as t
        on sales.month_date = t.month_date and sales.category = t.category
)

select
    month_date,
    category,
    qty,
    order_count,
    net_amount_idr,
    target_amount_idr,
    achievement_pct
from final
