with final as (
    select
        spend.spend_id,
        spend.spend_date,
        spend.campaign_id,
        coalesce(campaigns.campaign_id, 'unknown') as campaign_key,
        spend.media,
        spend.vendor_name,
        spend.amount_idr,
        spend.is_paid
    from clean.sales_master__promo_spend as spend
    left join clean.sales_master__campaigns as campaigns
        on spend.campaign_id = campaigns.campaign_id
)

select
    spend_id,
    spend_date,
    campaign_id,
    campaign_key,
    media,
    vendor_name,
    amount_idr,
    is_paid
from final
