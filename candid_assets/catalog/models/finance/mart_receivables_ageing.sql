with aged as (
    select
        case
            when date '2025-12-31' <= due_date then '0 not due'
            when date '2025-12-31' - due_date <= 30 then '1 to 30 days'
            when date '2025-12-31' - due_date <= 60 then '31 to 60 days'
            when date '2025-12-31' - due_date <= 90 then '61 to 90 days'
            else 'over 90 days'
        end as ageing_bucket,
        open_amount_idr
    from ready.fct_invoices
    where open_amount_idr <> 0
),

final as (
    select
        ageing_bucket,
        cast(count(*) as bigint) as invoice_count,
        cast(sum(open_amount_idr) as decimal(18, 2)) as open_amount_idr
    from aged
    group by ageing_bucket
)

select
    ageing_bucket,
    invoice_count,
    open_amount_idr
from final
