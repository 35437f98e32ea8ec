with source as (
    select
        territory_id,
        territory_name,
        region,
        province,
        time_zone
    from clean.coreos__territories
),

unknown_member as (
    select
        'unknown' as territory_id,
        'Unknown territory' as territory_name,
        cast(null as varchar) as region,
        cast(null as varchar) as province,
        cast(null as varchar) as time_zone
),

final as (
    select * from source
    union all
    select * from unknown_member
)

select
    territory_id,
    territory_name,
    region,
    province,
    time_zone
from final
