with complaints as (
    select
        complaint_id, received_at, outlet_id, sku, batch_id, category,
        severity, is_valid, compensation_idr, resolved_date
    from clean.candidlabs_control_centre__complaints
),

outlets as (
    select outlet_id from ready.dim_outlet
),

products as (
    select sku from ready.dim_product
),

final as (
    select
        c.complaint_id,
        c.received_at,
        cast(date_trunc('month', c.received_at) as date) as period_date,
        c.outlet_id,
        case
            when c.outlet_id is null then 'none'
            else coalesce(outlets.outlet_id, 'unknown')
        end as outlet_key,
        c.sku,
        coalesce(products.sku, 'unknown') as product_key,
        c.batch_id,
        c.category as complaint_kind,
        c.severity,
        c.is_valid,
        c.compensation_idr,
        c.resolved_date,
        date_diff('day', cast(c.received_at as date), c.resolved_date)
            as resolution_days
    from complaints as c
    left join outlets on c.outlet_id = outlets.outlet_id
    left join products on c.sku = products.sku
)

select * from final
