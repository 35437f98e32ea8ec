with campaigns as (
    select campaign_id, campaign_name, budget_idr, reported_spend_idr
    from ready.dim_campaign
),

promotions as (
    select promo_id, campaign_key
    from ready.dim_promotion
    where promo_id not in ('none', 'unknown')
),

promotion_counts as (
    select campaign_key, count(promo_id) as promotion_count
    from promotions
    group by campaign_key
),

spend as (
    select campaign_key, sum(spend_amount_idr) as amount_idr
    from ready.fct_promo_spend
    group by campaign_key
),

sold as (
    select
        coalesce(promotions.campaign_key, 'unknown') as campaign_key,
        count(l.order_line_id) as line_count,
        sum(l.qty) as qty,
        sum(l.discount_amount_idr) as discount_idr,
        sum(l.net_amount_idr) as net_idr
    from ready.fct_order_lines as l
    left join promotions on l.promotion_key = promotions.promo_id
    where l.promotion_key <> 'none'
    group by coalesce(promotions.campaign_key, 'unknown')
),

final as (
    select
        c.campaign_id as campaign_key,
        c.campaign_name,
        c.budget_idr,
        c.reported_spend_idr,
        cast(coalesce(spend.amount_idr, 0) as decimal(18, 2))
            as spend_amount_idr,
        cast(
            c.reported_spend_idr - coalesce(spend.amount_idr, 0)
            as decimal(18, 2)
        ) as difference_idr,
        coalesce(p.promotion_count, 0) as promotion_count,
        coalesce(sold.line_count, 0) as line_count,
        cast(coalesce(sold.qty, 0) as bigint) as promo_qty,
        cast(coalesce(sold.discount_idr, 0) as decimal(18, 2))
            as promo_discount_idr,
        cast(coalesce(sold.net_idr, 0) as decimal(18, 2))
            as promo_net_amount_idr,
        cast(
            exact_ratio(coalesce(sold.net_idr, 0), spend.amount_idr, 4)
            as decimal(18, 4)
        ) as return_ratio
    from campaigns as c
    left join promotion_counts as p on c.campaign_id = p.campaign_key
    left join spend on c.campaign_id = spend.campaign_key
    left join sold on c.campaign_id = sold.campaign_key
)

select * from final
