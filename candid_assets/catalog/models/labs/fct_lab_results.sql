with results as (
    select * from clean.candidlabs_control_centre__results
),

samples as (
    select * from clean.candidlabs_control_centre__samples
),

final as (
    select
        results.result_id,
        results.sample_id,
        samples.batch_id,
        coalesce(products.sku, 'unknown') as product_key,
        results.method_id,
        samples.sampled_at,
        results.tested_at,
        cast(
            datediff('minute', samples.sampled_at, results.tested_at) / 60
            as decimal(18, 2)
        ) as turnaround_hours,
        results.result_value,
        results.result_unit,
        results.verdict,
        results.is_retest,
        results.analyst_id
    from results
    left join samples on results.sample_id = samples.sample_id
    left join ready.dim_product as products on samples.sku = products.sku
)

select
    result_id,
    sample_id,
    batch_id,
    product_key,
    method_id,
    sampled_at,
    tested_at,
    turnaround_hours,
    result_value,
    result_unit,
    verdict,
    is_retest,
    analyst_id
from final
