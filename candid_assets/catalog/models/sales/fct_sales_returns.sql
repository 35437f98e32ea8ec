with sales_returns as (
    select
        return_id, return_date, invoice_id, sku, reason, condition,
        warehouse_id, qty, credit_amount_idr, is_approved
    from clean.sales_master__returns
),

products as (
    select sku from ready.dim_product
),

final as (
    select
        sales_returns.return_id,
        sales_returns.return_date,
        cast(date_trunc('month', sales_returns.return_date) as date)
            as period_date,
        sales_returns.invoice_id,
        sales_returns.sku,
        coalesce(products.sku, 'unknown') as product_key,
        sales_returns.reason,
        sales_returns.condition as goods_condition,
        sales_returns.warehouse_id,
        sales_returns.qty as return_qty,
        sales_returns.credit_amount_idr,
        sales_returns.is_approved
    from sales_returns
    left join products on sales_returns.sku = products.sku
)

select * from final
