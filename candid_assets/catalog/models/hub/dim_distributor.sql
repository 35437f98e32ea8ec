with distributors as (
    select
        distributor_id, distributor_name, city, territory_id,
        contract_start_date, contract_end_date, credit_limit_idr, margin_pct,
        is_active
    from clean.coreos__distributors
),

territories as (
    select territory_id, territory_name, region
    from clean.coreos__territories
),

members as (
    select
        distributor_id, distributor_name, city, territory_id,
        contract_start_date, contract_end_date, credit_limit_idr, margin_pct,
        is_active, 'Unknown' as missing
    from distributors
    union all
    select
        'unknown' as distributor_id, 'Unknown' as distributor_name,
        null as city, null as territory_id, null as contract_start_date,
        null as contract_end_date, null as credit_limit_idr, null as margin_pct,
        null as is_active, 'Unknown' as missing
    union all
    select
        'none' as distributor_id, 'No distributor' as distributor_name,
        null as city, null as territory_id, null as contract_start_date,
        null as contract_end_date, null as credit_limit_idr, null as margin_pct,
        null as is_active, 'None' as missing
),

final as (
    select
        members.distributor_id,
        members.distributor_name,
        members.city,
        members.territory_id,
        coalesce(territories.territory_name, members.missing) as territory_name,
        coalesce(territories.region, members.missing) as region,
        members.contract_start_date,
        members.contract_end_date,
        members.credit_limit_idr,
        members.margin_pct,
        members.is_active,
        md5(concat('distributor:', members.distributor_id)) as distributor_sk
    from members
    left join territories on members.territory_id = territories.territory_id
)

select * from final
