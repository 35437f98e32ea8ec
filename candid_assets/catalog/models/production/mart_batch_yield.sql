with batches as (
    select
        batch_id, product_key, production_date, planned_qty, produced_qty,
        yield_pct
    from ready.fct_batches
),

reports as (
    select batch_id, good_qty, reject_qty
    from clean.production_master__output_q1
    union all
    select batch_id, good_qty, reject_qty
    from clean.production_master__output_q2
    union all
    select batch_id, good_qty, reject_qty
    from clean.production_master__output_q3
    union all
    select batch_id, good_qty, reject_qty
    from clean.production_master__output_q4
),

output as (
    select
        batch_id,
        cast(sum(good_qty) as bigint) as good_qty,
        cast(sum(reject_qty) as bigint) as reject_qty
    from reports
    group by batch_id
),

scrap as (
    select
        batch_id,
        sum(case when scrap_source = 'Produksi' then scrap_qty else 0 end)
            as made_qty,
        sum(case when scrap_source = 'Gudang' then scrap_qty else 0 end)
            as stored_qty
    from ready.fct_scrap
    group by batch_id
),

material as (
    select
        batch_id, sum(planned_kg) as planned_kg, sum(actual_kg) as actual_kg
    from clean.production_master__material_usage
    group by batch_id
),

final as (
    select
        b.batch_id, b.product_key, b.production_date,
        b.planned_qty, b.produced_qty,
        coalesce(o.good_qty, 0) as good_qty,
        coalesce(o.reject_qty, 0) as reject_qty,
        b.produced_qty - coalesce(o.good_qty, 0) - coalesce(o.reject_qty, 0)
            as difference_qty,
        cast(coalesce(s.made_qty, 0) as bigint) as production_scrap_qty,
        cast(coalesce(o.reject_qty, 0) - coalesce(s.made_qty, 0) as bigint)
            as scrap_difference_qty,
        cast(coalesce(s.stored_qty, 0) as bigint) as warehouse_scrap_qty,
        b.yield_pct,
        cast(exact_ratio(o.good_qty, b.produced_qty, 4) as decimal(18, 4))
            as good_pct,
        cast(coalesce(m.planned_kg, 0) as decimal(18, 3))
            as planned_material_kg,
        cast(coalesce(m.actual_kg, 0) as decimal(18, 3)) as actual_material_kg,
        cast(coalesce(m.actual_kg - m.planned_kg, 0) as decimal(18, 3))
            as material_variance_kg
    from batches as b
    left join output as o on b.batch_id = o.batch_id
    left join scrap as s on b.batch_id = s.batch_id
    left join material as m on b.batch_id = m.batch_id
)

select * from final
