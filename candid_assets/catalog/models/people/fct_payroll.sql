with final as (
    select
        payroll.period_date as month_date,
        payroll.employee_id,
        coalesce(employees.employee_id, 'unknown') as employee_key,
        employees.department_id,
        payroll.base_salary_idr,
        payroll.allowance_idr,
        payroll.overtime_idr,
        payroll.deduction_idr,
        payroll.net_pay_idr
    from clean.finance_master__payroll as payroll
    left join ready.dim_employee as employees
        on payroll.employee_id = employees.employee_id
)

select
    month_date,
    employee_id,
    employee_key,
    department_id,
    base_salary_idr,
    allowance_idr,
    overtime_idr,
    deduction_idr,
    net_pay_idr
from final
