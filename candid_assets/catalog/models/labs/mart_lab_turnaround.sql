with samples as (
    select
        sample_id, product_key, period_date, verdict, result_count,
        turnaround_minutes
    from ready.fct_lab_samples
),

products as (
    select sku, category from ready.dim_product
),

totals as (
    select
        samples.period_date,
        products.category,
        count(samples.sample_id) as sample_count,
        sum(case when samples.verdict = 'Lulus' then 1 else 0 end)
            as passed_count,
        count(samples.turnaround_minutes) as answered_count,
        sum(samples.result_count) as result_count,
        sum(samples.turnaround_minutes) as total_minutes,
        max(samples.turnaround_minutes) as longest_minutes,
        sum(case when samples.turnaround_minutes > 48 * 60 then 1 else 0 end)
            as late_count
    from samples
    inner join products on samples.product_key = products.sku
    group by samples.period_date, products.category
),

final as (
    select
        period_date,
        category,
        sample_count,
        cast(passed_count as bigint) as passed_count,
        cast(exact_ratio(passed_count, sample_count, 4) as decimal(18, 4))
            as pass_rate_pct,
        answered_count,
        cast(result_count as bigint) as result_count,
        cast(
            exact_ratio(total_minutes, answered_count * 60, 2) as decimal(18, 2)
        ) as average_turnaround_hours,
        cast(exact_ratio(longest_minutes, 60, 2) as decimal(18, 2))
            as longest_turnaround_hours,
        cast(late_count as bigint) as late_count
    from totals
)

select * from final
