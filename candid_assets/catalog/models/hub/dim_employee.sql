with source as (
    select
        employee_id,
        employee_name,
        gender,
        department_id,
        job_title,
        manager_id,
        employment_status,
        hire_date,
        resign_date,
        is_active
    from clean.coreos__employees
),

unknown_member as (
    select
        'unknown' as employee_id,
        'Unknown employee' as employee_name,
        cast(null as varchar) as gender,
        cast(null as varchar) as department_id,
        cast(null as varchar) as job_title,
        cast(null as varchar) as manager_id,
        cast(null as varchar) as employment_status,
        cast(null as date) as hire_date,
        cast(null as date) as resign_date,
        cast(null as boolean) as is_active
),

final as (
    select * from source
    union all
    select * from unknown_member
)

select
    employee_id,
    employee_name,
    gender,
    department_id,
    job_title,
    manager_id,
    employment_status,
    hire_date,
    resign_date,
    is_active
from final
