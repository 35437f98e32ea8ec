with company_days as (
    select calendar_date, is_workday, is_holiday, holiday_name
    from clean.coreos__calendar
),

month_names as (
    select named.month_number, named.month_name
    from (
        values
        (1, 'Januari'), (2, 'Februari'), (3, 'Maret'), (4, 'April'),
        (5, 'Mei'), (6, 'Juni'), (7, 'Juli'), (8, 'Agustus'),
        (9, 'September'), (10, 'Oktober'), (11, 'November'), (12, 'Desember')
    ) as named (month_number, month_name)
),

day_names as (
    select named.day_of_week, named.day_name
    from (
        values
        (1, 'Senin'), (2, 'Selasa'), (3, 'Rabu'), (4, 'Kamis'),
        (5, 'Jumat'), (6, 'Sabtu'), (7, 'Minggu')
    ) as named (day_of_week, day_name)
),

years as (
    select
        date_trunc('year', min(calendar_date)) as first_day,
        date_trunc('year', max(calendar_date)) as last_year
    from company_days
),

moments as (
    select
        unnest(generate_series(
            first_day - interval 1 year,
            last_year + interval 2 years - interval 1 day,
            interval 1 day
        )) as moment
    from years
),

days as (
    select
        cast(moment as date) as calendar_date,
        cast(extract('year' from moment) as bigint) as year_number,
        cast(extract('month' from moment) as bigint) as month_number,
        cast(extract('isoyear' from moment) as bigint) as iso_year,
        cast(extract('week' from moment) as bigint) as iso_week,
        cast(extract('isodow' from moment) as bigint) as day_of_week
    from moments
),

final as (
    select
        days.calendar_date,
        days.year_number,
        concat('Q', extract('quarter' from days.calendar_date)) as quarter_name,
        days.month_number,
        month_names.month_name,
        cast(date_trunc('month', days.calendar_date) as date)
            as month_start_date,
        days.iso_year,
        days.iso_week,
        cast(date_trunc('week', days.calendar_date) as date)
            as week_start_date,
        days.day_of_week,
        day_names.day_name,
        days.day_of_week >= 6 as is_weekend,
        company_days.is_workday,
        company_days.is_holiday,
        company_days.holiday_name
    from days
    inner join month_names on days.month_number = month_names.month_number
    inner join day_names on days.day_of_week = day_names.day_of_week
    left join company_days on days.calendar_date = company_days.calendar_date
)

select * from final
