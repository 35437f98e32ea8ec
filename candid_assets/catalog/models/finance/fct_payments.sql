with payments as (
    select payment_id, payment_date, invoice_id, method, bank, amount_idr
    from clean.finance_master__payments
),

invoices as (
    select invoice_id, due_date, outlet_key, distributor_key
    from ready.fct_invoices
),

final as (
    select
        p.payment_id,
        p.payment_date,
        cast(date_trunc('month', p.payment_date) as date) as period_date,
        p.invoice_id,
        coalesce(invoices.outlet_key, 'unknown') as outlet_key,
        coalesce(invoices.distributor_key, 'unknown') as distributor_key,
        p.method as payment_method,
        p.bank,
        p.amount_idr,
        date_diff('day', invoices.due_date, p.payment_date) as days_after_due
    from payments as p
    left join invoices on p.invoice_id = invoices.invoice_id
)

select * from final
