with invoices as (
    select
        invoice_id, order_id, invoice_date, due_date, outlet_id,
        distributor_id, net_amount_idr, vat_amount_idr, total_amount_idr,
        status
    from clean.finance_master__invoices
),

paid as (
    select invoice_id, sum(amount_idr) as amount_idr
    from clean.finance_master__payments
    group by invoice_id
),

receivables as (
    select invoice_id, open_amount_idr
    from clean.finance_master__receivables
),

outlets as (
    select outlet_id from ready.dim_outlet
),

distributors as (
    select distributor_id from ready.dim_distributor
),

final as (
    select
        i.invoice_id,
        i.order_id,
        i.invoice_date,
        cast(date_trunc('month', i.invoice_date) as date) as period_date,
        i.due_date,
        i.outlet_id,
        case
            when i.outlet_id is null then 'none'
            else coalesce(outlets.outlet_id, 'unknown')
        end as outlet_key,
        i.distributor_id,
        case
            when i.distributor_id is null then 'none'
            else coalesce(distributors.distributor_id, 'unknown')
        end as distributor_key,
        i.net_amount_idr,
        i.vat_amount_idr,
        i.total_amount_idr,
        cast(coalesce(paid.amount_idr, 0) as decimal(18, 2))
            as paid_amount_idr,
        cast(coalesce(receivables.open_amount_idr, 0) as decimal(18, 2))
            as open_amount_idr,
        i.status
    from invoices as i
    left join paid on i.invoice_id = paid.invoice_id
    left join receivables on i.invoice_id = receivables.invoice_id
    left join outlets on i.outlet_id = outlets.outlet_id
    left join distributors on i.distributor_id = distributors.distributor_id
)

select * from final
