with outlets as (
    select
        outlet_id, outlet_name, channel_id, territory_id, city,
        distributor_id, credit_limit_idr, join_date, is_active
    from clean.coreos__outlets
),

channels as (
    select channel_id, channel_name, channel_group
    from clean.coreos__channels
),

territories as (
    select territory_id, territory_name, region
    from clean.coreos__territories
),

members as (
    select
        outlet_id, outlet_name, channel_id, territory_id, city,
        distributor_id, credit_limit_idr, join_date, is_active,
        'Unknown' as missing
    from outlets
    union all
    select
        'unknown' as outlet_id, 'Unknown' as outlet_name, null as channel_id,
        null as territory_id, null as city, null as distributor_id,
        null as credit_limit_idr, null as join_date, null as is_active,
        'Unknown' as missing
    union all
    select
        'none' as outlet_id, 'No outlet' as outlet_name, null as channel_id,
        null as territory_id, null as city, null as distributor_id,
        null as credit_limit_idr, null as join_date, null as is_active,
        'None' as missing
),

final as (
    select
        members.outlet_id,
        members.outlet_name,
        members.channel_id,
        coalesce(channels.channel_name, members.missing) as channel_name,
        coalesce(channels.channel_group, members.missing) as channel_group,
        members.territory_id,
        coalesce(territories.territory_name, members.missing) as territory_name,
        coalesce(territories.region, members.missing) as region,
        members.city,
        members.distributor_id,
        members.credit_limit_idr,
        members.join_date,
        members.is_active,
        md5(concat('outlet:', members.outlet_id)) as outlet_sk
    from members
    left join channels on members.channel_id = channels.channel_id
    left join territories on members.territory_id = territories.territory_id
)

select * from final
