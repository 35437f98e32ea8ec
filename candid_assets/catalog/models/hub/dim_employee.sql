with employees as (
    select
        employee_id, employee_name, gender, department_id, job_title,
        manager_id, employment_status, hire_date, resign_date, is_active
    from clean.coreos__employees
),

departments as (
    select department_id, department_name
    from clean.coreos__departments
),

members as (
    select
        employee_id, employee_name, gender, department_id, job_title,
        manager_id, employment_status, hire_date, resign_date, is_active
    from employees
    union all
    select
        'unknown' as employee_id, 'Unknown' as employee_name, null as gender,
        null as department_id, null as job_title, null as manager_id,
        null as employment_status, null as hire_date, null as resign_date,
        null as is_active
),

final as (
    select
        members.employee_id,
        members.employee_name,
        members.gender,
        members.department_id,
        coalesce(departments.department_name, 'Unknown') as department_name,
        members.job_title,
        members.manager_id,
        members.employment_status,
        members.hire_date,
        members.resign_date,
        members.is_active,
        md5(concat('employee:', members.employee_id)) as employee_sk
    from members
    left join departments on members.department_id = departments.department_id
)

select * from final
