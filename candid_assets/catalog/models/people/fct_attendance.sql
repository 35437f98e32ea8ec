with attendance as (
    select
        week_end_date, employee_id, present_days, sick_days, absent_days,
        late_minutes, overtime_hours
    from clean.finance_master__attendance
),

employees as (
    select employee_id from ready.dim_employee
),

final as (
    select
        a.week_end_date,
        a.employee_id,
        coalesce(employees.employee_id, 'unknown') as employee_key,
        a.present_days,
        a.sick_days,
        a.absent_days,
        a.present_days + a.sick_days + a.absent_days as recorded_days,
        a.late_minutes,
        a.overtime_hours
    from attendance as a
    left join employees on a.employee_id = employees.employee_id
)

select * from final
