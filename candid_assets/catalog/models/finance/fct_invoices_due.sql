with invoices as (
    select
        invoice_id, due_date, outlet_key, distributor_key, total_amount_idr,
        open_amount_idr
    from ready.fct_invoices
),

receivables as (
    select invoice_id, overdue_days, is_disputed
    from clean.finance_master__receivables
),

payments as (
    select invoice_id, max(payment_date) as paid_date
    from ready.fct_payments
    group by invoice_id
),

final as (
    select
        i.invoice_id,
        least(i.due_date, case when r.invoice_id is null then p.paid_date end)
            as due_date,
        i.outlet_key,
        i.distributor_key,
        i.total_amount_idr,
        i.open_amount_idr,
        coalesce(r.is_disputed, false) as is_disputed
    from invoices as i
    left join receivables as r on i.invoice_id = r.invoice_id
    left join payments as p on i.invoice_id = p.invoice_id
    where r.invoice_id is null or r.overdue_days > 0
)

select * from final
