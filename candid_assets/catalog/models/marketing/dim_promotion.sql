with promotions as (
    select
        promo_id, promo_name, promo_kind, campaign_id, channel_id,
        start_date, end_date, discount_pct, budget_idr, is_stackable
    from clean.sales_master__promotions
),

campaigns as (
    select campaign_id
    from ready.dim_campaign
),

members as (
    select
        promo_id, promo_name, promo_kind, campaign_id, channel_id,
        start_date, end_date, discount_pct, budget_idr, is_stackable
    from promotions
    union all
    select
        'unknown' as promo_id, 'Unknown' as promo_name, null as promo_kind,
        'unknown' as campaign_id, null as channel_id, null as start_date,
        null as end_date, null as discount_pct, null as budget_idr,
        null as is_stackable
    union all
    select
        'none' as promo_id, 'No promotion' as promo_name, null as promo_kind,
        null as campaign_id, null as channel_id, null as start_date,
        null as end_date, null as discount_pct, null as budget_idr,
        null as is_stackable
),

final as (
    select
        members.promo_id,
        members.promo_name,
        members.promo_kind,
        nullif(members.campaign_id, 'unknown') as campaign_id,
        case
            when members.campaign_id is null then 'none'
            else coalesce(campaigns.campaign_id, 'unknown')
        end as campaign_key,
        members.channel_id,
        members.start_date,
        members.end_date,
        members.discount_pct,
        members.budget_idr,
        members.is_stackable,
        md5(concat('promotion:', members.promo_id)) as promotion_sk
    from members
    left join campaigns on members.campaign_id = campaigns.campaign_id
)

select * from final
