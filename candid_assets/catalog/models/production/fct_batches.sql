with batches as (
    select
        batch_id, sku, production_date, machine_id, shift, planned_qty,
        produced_qty, start_at, end_at, supervisor_id, expiry_date, status
    from clean.production_master__batches
),

products as (
    select sku from ready.dim_product
),

employees as (
    select employee_id from ready.dim_employee
),

final as (
    select
        b.batch_id,
        b.sku,
        coalesce(products.sku, 'unknown') as product_key,
        b.production_date,
        cast(date_trunc('month', b.production_date) as date) as period_date,
        b.machine_id,
        b.shift as shift_name,
        b.planned_qty,
        b.produced_qty,
        cast(exact_ratio(b.produced_qty, b.planned_qty, 4) as decimal(18, 4))
            as yield_pct,
        b.start_at,
        b.end_at,
        date_diff('minute', b.start_at, b.end_at) as run_minutes,
        b.supervisor_id,
        coalesce(employees.employee_id, 'unknown') as supervisor_key,
        b.expiry_date,
        b.status
    from batches as b
    left join products on b.sku = products.sku
    left join employees on b.supervisor_id = employees.employee_id
)

select * from final
