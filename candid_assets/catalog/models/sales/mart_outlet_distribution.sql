with handled as (
    select order_date as entry_date, outlet_key, product_key
    from ready.fct_order_lines
    where qty > 0 and customer_kind = 'outlet'
    union all
    select sale_date as entry_date, outlet_key, product_key
    from ready.fct_sell_out
    where sell_out_qty > 0
    union all
    select week_end_date as entry_date, outlet_key, product_key
    from ready.fct_outlet_sell_out
    where sell_out_qty > 0 or shelf_stock_qty > 0
),

spans as (
    select min(entry_date) as first_date, max(entry_date) as last_date
    from handled
),

whole_months as (
    select c.month_start_date as period_date, max(c.calendar_date) as end_date
    from ready.dim_calendar as c
    cross join spans as s
    group by c.month_start_date, s.first_date, s.last_date
    having max(c.calendar_date) between s.first_date and s.last_date
),

categories as (
    select distinct category
    from ready.dim_product
    where sku <> 'unknown'
),

turnovers as (
    select outlet_key, sum(sell_out_amount_idr) as turnover_idr
    from ready.fct_outlet_sell_out
    group by outlet_key
),

outlets as (
    select
        o.outlet_id, o.channel_name, o.region, o.join_date,
        coalesce(t.turnover_idr, 0) as turnover_idr
    from ready.dim_outlet as o
    left join turnovers as t on o.outlet_id = t.outlet_key
    where o.is_active
),

handled_categories as (
    select distinct
        h.outlet_key, p.category,
        date_trunc('month', h.entry_date) as period_date
    from handled as h
    inner join ready.dim_product as p on h.product_key = p.sku
),

final as (
    select
        m.period_date, c.category, o.channel_name, o.region,
        count(o.outlet_id) as active_outlet_count,
        count(h.outlet_key) as handling_outlet_count,
        cast(sum(o.turnover_idr) as decimal(18, 2)) as active_turnover_idr,
        cast(sum(
            case when h.outlet_key is null then 0 else o.turnover_idr end
        ) as decimal(18, 2)) as handling_turnover_idr
    from whole_months as m
    cross join categories as c
    inner join outlets as o on m.end_date >= o.join_date
    left join handled_categories as h
        on
            m.period_date = h.period_date
            and o.outlet_id = h.outlet_key
            and c.category = h.category
    group by m.period_date, c.category, o.channel_name, o.region
)

select * from final
