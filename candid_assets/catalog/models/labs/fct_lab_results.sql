with results as (
    select
        result_id, sample_id, method_id, tested_at, result_value,
        result_unit, verdict, analyst_id, is_retest
    from clean.candidlabs_control_centre__results
),

samples as (
    select sample_id, sku
    from clean.candidlabs_control_centre__samples
),

methods as (
    select method_id, method_name
    from clean.candidlabs_control_centre__methods
),

specifications as (
    select sku, method_id, minimum_value, maximum_value
    from clean.candidlabs_control_centre__specifications
),

products as (
    select sku from ready.dim_product
),

employees as (
    select employee_id from ready.dim_employee
),

final as (
    select
        r.result_id,
        r.sample_id,
        samples.sku,
        coalesce(products.sku, 'unknown') as product_key,
        r.method_id,
        coalesce(methods.method_name, 'Unknown') as method_name,
        r.tested_at,
        r.result_value,
        r.result_unit,
        s.minimum_value,
        s.maximum_value,
        r.result_value between s.minimum_value and s.maximum_value
            as is_in_specification,
        r.verdict,
        (r.result_value between s.minimum_value and s.maximum_value)
        = (r.verdict = 'Lulus') as is_verdict_right,
        r.analyst_id,
        coalesce(employees.employee_id, 'unknown') as analyst_key,
        r.is_retest
    from results as r
    left join samples on r.sample_id = samples.sample_id
    left join methods on r.method_id = methods.method_id
    left join specifications as s
        on samples.sku = s.sku and r.method_id = s.method_id
    left join products on samples.sku = products.sku
    left join employees on r.analyst_id = employees.employee_id
)

select * from final
