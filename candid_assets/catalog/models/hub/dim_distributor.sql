with source as (
    select
        distributor_id,
        distributor_name,
        city,
        territory_id,
        credit_limit_idr,
        margin_pct,
        contract_start_date,
        contract_end_date,
        is_active
    from clean.coreos__distributors
),

unknown_member as (
    select
        'unknown' as distributor_id,
        'No distributor' as distributor_name,
        cast(null as varchar) as city,
        cast(null as varchar) as territory_id,
        cast(null as decimal(18, 2)) as credit_limit_idr,
        cast(null as decimal(18, 4)) as margin_pct,
        cast(null as date) as contract_start_date,
        cast(null as date) as contract_end_date,
        cast(null as boolean) as is_active
),

final as (
    select * from source
    union all
    select * from unknown_member
)

select
    distributor_id,
    distributor_name,
    city,
    territory_id,
    credit_limit_idr,
    margin_pct,
    contract_start_date,
    contract_end_date,
    is_active
from final
