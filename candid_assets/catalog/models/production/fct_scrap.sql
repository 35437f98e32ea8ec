with scrap as (
    select
        scrap_id, scrap_date, batch_id, sku, source, reason, scrap_qty,
        loss_amount_idr, is_reworkable
    from clean.production_master__scrap
),

products as (
    select sku from ready.dim_product
),

final as (
    select
        scrap.scrap_id,
        scrap.scrap_date,
        cast(date_trunc('month', scrap.scrap_date) as date) as period_date,
        scrap.batch_id,
        scrap.sku,
        coalesce(products.sku, 'unknown') as product_key,
        scrap.source as scrap_source,
        scrap.reason,
        scrap.scrap_qty,
        scrap.loss_amount_idr,
        scrap.is_reworkable
    from scrap
    left join products on scrap.sku = products.sku
)

select * from final
