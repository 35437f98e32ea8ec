with campaigns as (
    select
        campaign_id, campaign_name, objective, start_date, end_date,
        owner_id, budget_idr, actual_spend_idr, reach_target, status
    from clean.sales_master__campaigns
),

final as (
    select
        campaign_id,
        campaign_name,
        objective,
        start_date,
        end_date,
        owner_id,
        budget_idr,
        actual_spend_idr as reported_spend_idr,
        reach_target,
        status,
        md5(concat('campaign:', campaign_id)) as campaign_sk
    from campaigns
    union all
    select
        'unknown' as campaign_id, 'Unknown' as campaign_name, null as objective,
        null as start_date, null as end_date, null as owner_id,
        null as budget_idr, null as reported_spend_idr, null as reach_target,
        null as status,
        md5('campaign:unknown') as campaign_sk
    union all
    select
        'none' as campaign_id, 'No campaign' as campaign_name,
        null as objective, null as start_date, null as end_date,
        null as owner_id, null as budget_idr, null as reported_spend_idr,
        null as reach_target, null as status,
        md5('campaign:none') as campaign_sk
)

select * from final
