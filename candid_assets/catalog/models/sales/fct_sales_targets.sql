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
    select employee_id from ready.dim_employee
),

final as (
    select
        targets.salesman_id,
        targets.period_date,
        targets.category,
        coalesce(employees.employee_id, 'unknown') as salesman_key,
        targets.target_qty,
        targets.target_amount_idr
    from targets
    left join employees on targets.salesman_id = employees.employee_id
)

select * from final
