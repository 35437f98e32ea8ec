with materials as (
    select material_id, standard_cost_idr
    from clean.coreos__materials
),

recipes as (
    select
        b.sku,
        cast(
            sum(b.qty_per_1000_kg * m.standard_cost_idr) as decimal(24, 5)
        ) as cost_per_1000_kg,
        count(b.material_id) as material_count,
        count(m.standard_cost_idr) as costed_count
    from clean.production_master__bom as b
    left join materials as m on b.material_id = m.material_id
    group by b.sku
),

unit_costs as (
    select
        p.sku,
        cast(
            exact_ratio(r.cost_per_1000_kg * p.net_weight_kg, 1000, 4)
            as decimal(18, 4)
        ) as unit_cost
    from ready.dim_product as p
    inner join recipes as r on p.sku = r.sku
    where r.material_count = r.costed_count
),

final as (
    select
        l.order_line_id,
        l.order_date,
        l.product_key,
        l.outlet_key,
        l.customer_kind,
        cast(
            cast(l.qty as decimal(12, 0)) * u.unit_cost as decimal(18, 2)
        ) as cost_amount_idr,
        case when u.unit_cost is not null then l.net_amount_idr end
            as costed_amount_idr
    from ready.fct_order_lines as l
    left join unit_costs as u on l.product_key = u.sku
)

select * from final
