with paid_months as (
    select min(period_date) as first_date, max(period_date) as last_date
    from ready.fct_payroll
),

months as (
    select c.month_start_date as period_date, max(c.calendar_date) as end_date
    from ready.dim_calendar as c
    inner join paid_months as p
        on c.month_start_date between p.first_date and p.last_date
    group by c.month_start_date
),

departments as (
    select department_id, department_name, headcount_budget
    from ready.dim_department
),

employees as (
    select employee_id, department_id, hire_date, resign_date
    from ready.dim_employee
    where employee_id <> 'unknown'
),

placed as (
    select
        coalesce(d.department_id, 'unknown') as department_id,
        e.hire_date,
        e.resign_date
    from employees as e
    left join departments as d on e.department_id = d.department_id
),

people as (
    select
        m.period_date, p.department_id,
        sum(case when p.resign_date <= m.end_date then 0 else 1 end)
            as head_count,
        sum(case when p.hire_date >= m.period_date then 1 else 0 end)
            as joined_count,
        sum(case
            when p.resign_date between m.period_date and m.end_date then 1
            else 0
        end) as left_count
    from months as m
    inner join placed as p on m.end_date >= p.hire_date
    group by m.period_date, p.department_id
),

pay as (
    select
        period_date, department_key, count(employee_id) as paid_count,
        sum(overtime_idr) as overtime, sum(net_pay_idr) as net_pay
    from ready.fct_payroll
    group by period_date, department_key
),

final as (
    select
        m.period_date, d.department_id as department_key, d.department_name,
        cast(coalesce(p.head_count, 0) as bigint) as head_count,
        cast(coalesce(p.joined_count, 0) as bigint) as joined_count,
        cast(coalesce(p.left_count, 0) as bigint) as left_count,
        d.headcount_budget,
        cast(d.headcount_budget - coalesce(p.head_count, 0) as bigint)
            as vacancy_count,
        coalesce(pay.paid_count, 0) as paid_count,
        cast(coalesce(pay.overtime, 0) as decimal(18, 2)) as overtime_idr,
        cast(coalesce(pay.net_pay, 0) as decimal(18, 2)) as net_pay_idr
    from months as m
    cross join departments as d
    left join people as p
        on m.period_date = p.period_date and d.department_id = p.department_id
    left join pay
        on
            m.period_date = pay.period_date
            and d.department_id = pay.department_key
)

select * from final
