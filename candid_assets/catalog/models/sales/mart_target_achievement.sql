with targets as (
    select salesman_id, period_date, category, target_qty, target_amount_idr
    from clean.sales_master__targets_q1
    union all
    select salesman_id, period_date, category, target_qty, target_amount_idr
    from clean.sales_master__targets_q2
    union all
    select salesman_id, period_date, category, target_qty, target_amount_idr
    from clean.sales_master__targets_q3
    union all
    select salesman_id, period_date, category, target_qty, target_amount_idr
    from clean.sales_master__targets_q4
),

employees as (
    select employee_id, employee_name from ready.dim_employee
),

products as (
    select sku, category from ready.dim_product
),

order_lines as (
    select salesman_key, period_date, product_key, qty, net_amount_idr
    from ready.fct_order_lines
),

entries as (
    select
        coalesce(employees.employee_id, 'unknown') as salesman_key,
        targets.period_date, targets.category, targets.target_qty,
        targets.target_amount_idr, 0 as qty, 0 as net_amount_idr
    from targets
    left join employees on targets.salesman_id = employees.employee_id
    union all
    select
        order_lines.salesman_key, order_lines.period_date, products.category,
        0 as target_qty, 0 as target_amount_idr, order_lines.qty,
        order_lines.net_amount_idr
    from order_lines
    inner join products on order_lines.product_key = products.sku
),

totals as (
    select
        salesman_key, period_date, category,
        sum(target_qty) as target_qty, sum(qty) as sold_qty,
        sum(target_amount_idr) as target_idr, sum(net_amount_idr) as net_idr
    from entries
    group by salesman_key, period_date, category
),

final as (
    select
        t.salesman_key,
        t.period_date,
        t.category,
        employees.employee_name as salesman_name,
        cast(t.target_qty as bigint) as target_qty,
        cast(t.sold_qty as bigint) as sold_qty,
        cast(t.target_idr as decimal(18, 2)) as target_amount_idr,
        cast(t.net_idr as decimal(18, 2)) as net_amount_idr,
        cast(exact_ratio(t.net_idr, t.target_idr, 4) as decimal(18, 4))
            as achievement_pct,
        cast(t.net_idr - t.target_idr as decimal(18, 2))
            as gap_amount_idr
    from totals as t
    inner join employees on t.salesman_key = employees.employee_id
)

select * from final
