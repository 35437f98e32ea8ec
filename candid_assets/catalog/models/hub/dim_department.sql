with departments as (
    select
        department_id, department_name, cost_center, head_employee_id,
        headcount_budget, is_factory
    from clean.coreos__departments
),

final as (
    select
        department_id,
        department_name,
        cost_center,
        head_employee_id,
        headcount_budget,
        is_factory,
        md5(concat('department:', department_id)) as department_sk
    from departments
    union all
    select
        'unknown' as department_id, 'Unknown' as department_name,
        null as cost_center, null as head_employee_id, null as headcount_budget,
        null as is_factory,
        md5('department:unknown') as department_sk
)

select * from final
