with paid as (
    select
        month_date,
        coalesce(department_id, 'unknown') as department_id,
        count(distinct employee_id) as head_count,
        sum(net_pay_idr) as net_pay_idr
    from ready.fct_payroll
    group by all
),

absent as (
    select
        cast(date_trunc('month', attendance.week_end_date) as date)
            as month_date,
        coalesce(employees.department_id, 'unknown') as department_id,
        sum(attendance.sick_days + attendance.absent_days) as absent_days
    from clean.finance_master__attendance as attendance
    left join ready.dim_employee as employees
        on attendance.employee_id = employees.employee_id
    group by all
),

final as (
    select
        paid.month_date,
        paid.department_id,
        cast(paid.head_count as bigint) as head_count,
        cast(coalesce(absent.absent_days, 0) as bigint) as absent_days,
        cast(paid.net_pay_idr as decimal(18, 2)) as net_pay_idr
    from paid
    left join absent
        on
            paid.month_date = absent.month_date
            and paid.department_id = absent.department_id
)

select
    month_date,
    department_id,
    head_count,
    absent_days,
    net_pay_idr
from final
