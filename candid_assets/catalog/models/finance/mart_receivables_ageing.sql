with as_of as (
    select greatest(
        (select max(invoice_date) from ready.fct_invoices),
        (select max(payment_date) from ready.fct_payments)
    ) as as_of_date
),

receivables as (
    select
        r.invoice_id, r.open_amount_idr, a.as_of_date,
        date_diff('day', r.due_date, a.as_of_date) as late
    from clean.finance_master__receivables as r
    cross join as_of as a
),

invoices as (
    select invoice_id, outlet_key, distributor_key from ready.fct_invoices
),

outlets as (
    select outlet_id, outlet_name from ready.dim_outlet
),

distributors as (
    select distributor_id, distributor_name from ready.dim_distributor
),

entries as (
    select
        case
            when i.distributor_key <> 'none' then 'distributor'
            when i.outlet_key <> 'none' then 'outlet'
            else 'unknown'
        end as customer_kind,
        coalesce(
            nullif(i.distributor_key, 'none'), nullif(i.outlet_key, 'none'),
            'unknown'
        ) as customer_id,
        r.as_of_date, r.late, r.open_amount_idr as amount
    from receivables as r
    left join invoices as i on r.invoice_id = i.invoice_id
),

totals as (
    select
        customer_kind, customer_id, as_of_date,
        count(amount) as invoice_count,
        sum(case when late <= 0 then amount else 0 end) as not_due,
        sum(case when late between 1 and 30 then amount else 0 end) as d30,
        sum(case when late between 31 and 60 then amount else 0 end) as d60,
        sum(case when late between 61 and 90 then amount else 0 end) as d90,
        sum(case when late > 90 then amount else 0 end) as older,
        sum(amount) as amount
    from entries
    group by customer_kind, customer_id, as_of_date
),

final as (
    select
        t.customer_kind, t.customer_id,
        coalesce(d.distributor_name, o.outlet_name, 'Unknown') as customer_name,
        t.as_of_date,
        t.invoice_count,
        cast(t.not_due as decimal(18, 2)) as not_due_idr,
        cast(t.d30 as decimal(18, 2)) as overdue_1_30_idr,
        cast(t.d60 as decimal(18, 2)) as overdue_31_60_idr,
        cast(t.d90 as decimal(18, 2)) as overdue_61_90_idr,
        cast(t.older as decimal(18, 2)) as overdue_over_90_idr,
        cast(t.amount as decimal(18, 2)) as open_amount_idr,
        cast(
            exact_ratio(t.amount - t.not_due, t.amount, 4) as decimal(18, 4)
        ) as overdue_pct
    from totals as t
    left join outlets as o
        on t.customer_id = o.outlet_id and t.customer_kind = 'outlet'
    left join distributors as d
        on t.customer_id = d.distributor_id and t.customer_kind = 'distributor'
)

select * from final
