with output as (
    select
        output_id, batch_id, output_date, shift, good_qty, reject_qty,
        run_hours, operator_id
    from clean.production_master__output_q1
    union all
    select
        output_id, batch_id, output_date, shift, good_qty, reject_qty,
        run_hours, operator_id
    from clean.production_master__output_q2
    union all
    select
        output_id, batch_id, output_date, shift, good_qty, reject_qty,
        run_hours, operator_id
    from clean.production_master__output_q3
    union all
    select
        output_id, batch_id, output_date, shift, good_qty, reject_qty,
        run_hours, operator_id
    from clean.production_master__output_q4
),

batches as (
    select batch_id, product_key, machine_id
    from ready.fct_batches
),

employees as (
    select employee_id from ready.dim_employee
),

final as (
    select
        o.output_id,
        o.batch_id,
        coalesce(batches.product_key, 'unknown') as product_key,
        coalesce(batches.machine_id, 'unknown') as machine_id,
        o.output_date,
        cast(date_trunc('month', o.output_date) as date) as period_date,
        o.shift as shift_name,
        o.good_qty,
        o.reject_qty,
        o.good_qty + o.reject_qty as made_qty,
        o.run_hours,
        coalesce(employees.employee_id, 'unknown') as operator_key
    from output as o
    left join batches on o.batch_id = batches.batch_id
    left join employees on o.operator_id = employees.employee_id
)

select * from final
