with payments as (
    select
        invoice_id,
        sum(amount_idr) as paid_amount_idr,
        max(payment_date) as last_payment_date
    from clean.finance_master__payments
    group by invoice_id
),

final as (
    select
        invoices.invoice_id,
        invoices.order_id,
        invoices.invoice_date,
        invoices.due_date,
        invoices.outlet_id,
        coalesce(invoices.distributor_id, 'unknown') as distributor_key,
        invoices.net_amount_idr,
        invoices.vat_amount_idr,
        invoices.total_amount_idr,
        cast(coalesce(payments.paid_amount_idr, 0) as decimal(18, 2))
            as paid_amount_idr,
        cast(coalesce(receivables.open_amount_idr, 0) as decimal(18, 2))
            as open_amount_idr,
        cast(
            invoices.total_amount_idr
            - coalesce(payments.paid_amount_idr, 0)
            - coalesce(receivables.open_amount_idr, 0)
            as decimal(18, 2)
        ) as difference_idr,
        payments.last_payment_date,
        invoices.status
    from clean.finance_master__invoices as invoices
    left join payments on invoices.invoice_id = payments.invoice_id
    left join clean.finance_master__receivables as receivables
        on invoices.invoice_id = receivables.invoice_id
)

select
    invoice_id,
    order_id,
    invoice_date,
    due_date,
    outlet_id,
    distributor_key,
    net_amount_idr,
    vat_amount_idr,
    total_amount_idr,
    paid_amount_idr,
    open_amount_idr,
    difference_idr,
    last_payment_date,
    status
from final
