with days as (
    select cast(unnest(generate_series(
        date '2024-01-01', date '2026-12-31', interval 1 day
    )) as date) as calendar_date
),

holidays as (
    select
        calendar_date,
        holiday_name,
        is_workday
    from clean.coreos__calendar
),

final as (
    select
        days.calendar_date,
        cast(date_trunc('month', days.calendar_date) as date) as month_date,
        cast(date_trunc('quarter', days.calendar_date) as date)
            as quarter_date,
        cast(date_trunc('week', days.calendar_date) as date) as week_date,
        cast(year(days.calendar_date) as bigint) as year_number,
        cast(month(days.calendar_date) as bigint) as month_number,
        cast(isoyear(days.calendar_date) as bigint) as iso_year_number,
        cast(week(days.calendar_date) as bigint) as iso_week_number,
        cast(isodow(days.calendar_date) as bigint) as iso_weekday_number,
        holidays.holiday_name,
        coalesce(holidays.is_workday, isodow(days.calendar_date) <= 5)
            as is_workday
    from days
    left join holidays on days.calendar_date = holidays.calendar_date
)

select
    calendar_date,
    month_date,
    quarter_date,
    week_date,
    year_number,
    month_number,
    iso_year_number,
    iso_week_number,
    iso_weekday_number,
    holiday_name,
    is_workday
from final
