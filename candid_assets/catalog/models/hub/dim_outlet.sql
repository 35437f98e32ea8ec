with source as (
    select
        outlet_id,
        outlet_name,
        channel_id,
        territory_id,
        distributor_id,
        city,
        credit_limit_idr,
        join_date,
        is_active
    from clean.coreos__outlets
),

unknown_member as (
    select
        'unknown' as outlet_id,
        'Unknown outlet' as outlet_name,
        cast(null as varchar) as channel_id,
        cast(null as varchar) as territory_id,
        cast(null as varchar) as distributor_id,
        cast(null as varchar) as city,
        cast(null as decimal(18, 2)) as credit_limit_idr,
        cast(null as date) as join_date,
        cast(null as boolean) as is_active
),

final as (
    select * from source
    union all
    select * from unknown_member
)

select
    outlet_id,
    outlet_name,
    channel_id,
    territory_id,
    distributor_id,
    city,
    credit_limit_idr,
    join_date,
    is_active
from final
