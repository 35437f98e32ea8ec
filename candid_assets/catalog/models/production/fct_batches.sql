with batches as (
    select * from clean.production_master__batches
),

scrap as (
    select
        batch_id,
        sum(scrap_qty) as scrap_qty,
        sum(loss_amount_idr) as loss_amount_idr
    from clean.production_master__scrap
    group by batch_id
),

final as (
    select
        batches.batch_id,
        batches.production_date,
        batches.sku,
        coalesce(products.sku, 'unknown') as product_key,
        batches.machine_id,
        batches.shift,
        batches.planned_qty,
        batches.produced_qty,
        cast(coalesce(scrap.scrap_qty, 0) as bigint) as scrap_qty,
        cast(coalesce(scrap.loss_amount_idr, 0) as decimal(18, 2))
            as scrap_loss_idr,
        batches.start_at,
        batches.end_at,
        batches.status
    from batches
    left join scrap on batches.batch_id = scrap.batch_id
    left join ready.dim_product as products on batches.sku = products.sku
)

select
    batch_id,
    production_date,
    sku,
    product_key,
    machine_id,
    shift,
    planned_qty,
    produced_qty,
    scrap_qty,
    scrap_loss_idr,
    start_at,
    end_at,
    status
from final
