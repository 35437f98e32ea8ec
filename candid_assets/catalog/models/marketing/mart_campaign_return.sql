with spend as (
    select campaign_key, sum(amount_idr) as spend_idr
    from ready.fct_promo_spend
    group by campaign_key
),

promoted as (
    select
        promotions.campaign_id,
        sum(lines.net_amount_idr) as promoted_amount_idr
    from ready.fct_order_lines as lines
    inner join clean.sales_master__promotions as promotions
        on lines.promo_id = promotions.promo_id
    group by promotions.campaign_id
),

final as (
    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        campaigns.budget_idr,
        cast(coalesce(spend.spend_idr, 0) as decimal(18, 2)) as spend_idr,
        cast(coalesce(promoted.promoted_amount_idr, 0) as decimal(18, 2))
            as promoted_amount_idr,
        cast(
            promoted.promoted_amount_idr / nullif(spend.spend_idr, 0)
            as decimal(18, 4)
        ) as sales_per_rupiah
    from clean.sales_master__campaigns as campaigns
    left join spend on campaigns.campaign_id = spend.campaign_key
    left join promoted on campaigns.campaign_id = promoted.campaign_id
)

select
    campaign_id,
    campaign_name,
    budget_idr,
    spend_idr,
    promoted_amount_idr,
    sales_per_rupiah
from final
