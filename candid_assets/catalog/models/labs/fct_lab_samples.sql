with samples as (
    select
        sample_id, batch_id, sku, sampled_at, received_date, sample_kind,
        verdict
    from clean.candidlabs_control_centre__samples
),

products as (
    select sku from ready.dim_product
),

results as (
    select
        sample_id,
        count(result_id) as result_count,
        cast(sum(case when verdict = 'Gagal' then 1 else 0 end) as bigint)
            as failed_count,
        max(tested_at) as last_tested_at
    from ready.fct_lab_results
    group by sample_id
),

final as (
    select
        s.sample_id,
        s.batch_id,
        s.sku,
        coalesce(products.sku, 'unknown') as product_key,
        s.sampled_at,
        cast(date_trunc('month', s.sampled_at) as date) as period_date,
        s.received_date,
        s.sample_kind,
        s.verdict,
        coalesce(results.result_count, 0) as result_count,
        coalesce(results.failed_count, 0) as failed_count,
        (s.verdict = 'Lulus') = (coalesce(results.failed_count, 0) = 0)
            as is_verdict_right,
        results.last_tested_at,
        date_diff('minute', s.sampled_at, results.last_tested_at)
            as turnaround_minutes
    from samples as s
    left join products on s.sku = products.sku
    left join results on s.sample_id = results.sample_id
)

select * from final
