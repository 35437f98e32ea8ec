with accounts as (
    select
        account_code, account_name, account_kind, normal_balance,
        parent_code, is_active
    from clean.coreos__accounts
),

final as (
    select
        account_code,
        account_name,
        account_kind,
        normal_balance,
        parent_code,
        is_active,
        md5(concat('account:', account_code)) as account_sk
    from accounts
    union all
    select
        'unknown' as account_code, 'Unknown' as account_name,
        'Unknown' as account_kind, null as normal_balance, null as parent_code,
        null as is_active,
        md5('account:unknown') as account_sk
)

select * from final
