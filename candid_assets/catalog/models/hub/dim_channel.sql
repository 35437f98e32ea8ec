with source as (
    select
        channel_id,
        channel_name,
        channel_group,
        margin_pct,
        payment_terms_days,
        is_key_account
    from clean.coreos__channels
),

unknown_member as (
    select
        'unknown' as channel_id,
        'Unknown channel' as channel_name,
        cast(null as varchar) as channel_group,
        cast(null as decimal(18, 4)) as margin_pct,
        cast(null as bigint) as payment_terms_days,
        cast(null as boolean) as is_key_account
),

final as (
    select * from source
    union all
    select * from unknown_member
)

select
    channel_id,
    channel_name,
    channel_group,
    margin_pct,
    payment_terms_days,
    is_key_account
from final
