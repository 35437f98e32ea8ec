with invoices as (
    select
        invoice_date as entry_date,
        case
            when distributor_key <> 'none' then 'distributor'
            when outlet_key <> 'none' then 'outlet'
            else 'unknown'
        end as customer_kind,
        total_amount_idr as invoiced,
        0 as collected
    from ready.fct_invoices
),

payments as (
    select
        payment_date as entry_date,
        case
            when distributor_key <> 'none' then 'distributor'
            when outlet_key <> 'none' then 'outlet'
            else 'unknown'
        end as customer_kind,
        0 as invoiced,
        amount_idr as collected
    from ready.fct_payments
),

entries as (
    select entry_date, customer_kind, invoiced, collected from invoices
    union all
    select entry_date, customer_kind, invoiced, collected from payments
),

spans as (
    select min(entry_date) as first_date, max(entry_date) as last_date
    from entries
),

months as (
    select month_start_date as period_date, max(calendar_date) as end_date
    from ready.dim_calendar
    group by month_start_date
),

whole_months as (
    select m.period_date, m.end_date
    from months as m
    inner join spans as s
        on m.end_date between s.first_date and s.last_date
),

final as (
    select
        m.period_date,
        e.customer_kind,
        cast(sum(
            case when e.entry_date >= m.period_date then e.invoiced else 0 end
        ) as decimal(18, 2)) as invoiced_idr,
        cast(sum(
            case when e.entry_date >= m.period_date then e.collected else 0 end
        ) as decimal(18, 2)) as collected_idr,
        cast(sum(e.invoiced - e.collected) as decimal(18, 2)) as balance_idr
    from whole_months as m
    inner join entries as e on m.end_date >= e.entry_date
    group by m.period_date, e.customer_kind
)

select * from final
