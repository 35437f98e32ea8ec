with payroll as (
    select
        period_date, employee_id, base_salary_idr, allowance_idr,
        overtime_idr, deduction_idr, net_pay_idr, paid_date
    from clean.finance_master__payroll
),

employees as (
    select employee_id, department_id from ready.dim_employee
),

departments as (
    select department_id from ready.dim_department
),

final as (
    select
        p.period_date,
        p.employee_id,
        coalesce(e.employee_id, 'unknown') as employee_key,
        coalesce(d.department_id, 'unknown') as department_key,
        p.base_salary_idr,
        p.allowance_idr,
        p.overtime_idr,
        p.deduction_idr,
        p.net_pay_idr,
        cast(
            p.base_salary_idr + p.allowance_idr + p.overtime_idr
            - p.deduction_idr - p.net_pay_idr
            as decimal(18, 2)
        ) as difference_idr,
        p.paid_date
    from payroll as p
    left join employees as e on p.employee_id = e.employee_id
    left join departments as d on e.department_id = d.department_id
)

select * from final
