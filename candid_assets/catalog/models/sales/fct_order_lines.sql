with entries as (
    select
        order_line_id, order_id, order_date, outlet_id, distributor_id, sku,
        qty, unit_price_idr, net_amount_idr, salesman_id, promo_id, status
    from ready.fct_order_entries
),

outlets as (
    select outlet_id from ready.dim_outlet
),

distributors as (
    select distributor_id from ready.dim_distributor
),

products as (
    select sku from ready.dim_product
),

employees as (
    select employee_id from ready.dim_employee
),

promotions as (
    select promo_id from ready.dim_promotion
),

final as (
    select
        e.order_line_id,
        e.order_id,
        e.order_date,
        cast(date_trunc('month', e.order_date) as date) as period_date,
        case
            when e.distributor_id is not null then 'distributor'
            when e.outlet_id is not null then 'outlet'
            else 'unknown'
        end as customer_kind,
        e.outlet_id,
        case
            when e.outlet_id is null then 'none'
            else coalesce(outlets.outlet_id, 'unknown')
        end as outlet_key,
        e.distributor_id,
        case
            when e.distributor_id is null then 'none'
            else coalesce(distributors.distributor_id, 'unknown')
        end as distributor_key,
        e.sku,
        coalesce(products.sku, 'unknown') as product_key,
        e.salesman_id,
        coalesce(employees.employee_id, 'unknown') as salesman_key,
        e.promo_id,
        case
            when e.promo_id is null then 'none'
            else coalesce(promotions.promo_id, 'unknown')
        end as promotion_key,
        e.qty,
        e.unit_price_idr,
        cast(e.qty * e.unit_price_idr as decimal(18, 2)) as gross_amount_idr,
        cast(e.qty * e.unit_price_idr - e.net_amount_idr as decimal(18, 2))
            as discount_amount_idr,
        e.net_amount_idr,
        e.status
    from entries as e
    left join outlets on e.outlet_id = outlets.outlet_id
    left join distributors on e.distributor_id = distributors.distributor_id
    left join products on e.sku = products.sku
    left join employees on e.salesman_id = employees.employee_id
    left join promotions on e.promo_id = promotions.promo_id
)

select * from final
