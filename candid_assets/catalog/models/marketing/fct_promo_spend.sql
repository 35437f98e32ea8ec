with spend as (
    select
        spend_id, spend_date, campaign_id, media, vendor_name, account_code,
        amount_idr, is_paid
    from clean.sales_master__promo_spend
),

campaigns as (
    select campaign_id from ready.dim_campaign
),

final as (
    select
        spend.spend_id,
        spend.spend_date,
        cast(date_trunc('month', spend.spend_date) as date) as period_date,
        spend.campaign_id,
        coalesce(campaigns.campaign_id, 'unknown') as campaign_key,
        spend.media,
        spend.vendor_name,
        spend.account_code,
        spend.amount_idr as spend_amount_idr,
        spend.is_paid
    from spend
    left join campaigns on spend.campaign_id = campaigns.campaign_id
)

select * from final
