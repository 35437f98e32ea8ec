with budget as (
    select account_code, period_date, budget_amount_idr, revised_amount_idr
    from clean.finance_master__budget
),

expenses as (
    select account_code, expense_date, amount_idr
    from clean.finance_master__expenses
),

accounts as (
    select account_code, account_name from ready.dim_account
),

entries as (
    select
        account_code, period_date, budget_amount_idr,
        coalesce(revised_amount_idr, budget_amount_idr) as current_idr,
        0 as expense_idr
    from budget
    union all
    select
        account_code,
        cast(date_trunc('month', expense_date) as date) as period_date,
        0 as budget_amount_idr, 0 as current_idr, amount_idr as expense_idr
    from expenses
),

totals as (
    select
        coalesce(accounts.account_code, 'unknown') as account_code,
        coalesce(accounts.account_name, 'Unknown') as account_name,
        e.period_date,
        sum(e.budget_amount_idr) as budget_idr,
        sum(e.current_idr) as current_idr,
        sum(e.expense_idr) as expense_idr
    from entries as e
    left join accounts on e.account_code = accounts.account_code
    group by
        coalesce(accounts.account_code, 'unknown'),
        coalesce(accounts.account_name, 'Unknown'),
        e.period_date
),

final as (
    select
        account_code,
        period_date,
        account_name,
        cast(budget_idr as decimal(18, 2)) as budget_amount_idr,
        cast(current_idr as decimal(18, 2)) as current_budget_idr,
        cast(expense_idr as decimal(18, 2)) as expense_amount_idr,
        cast(expense_idr - current_idr as decimal(18, 2)) as variance_idr,
        cast(exact_ratio(expense_idr, current_idr, 4) as decimal(18, 4))
            as used_pct
    from totals
)

select * from final
