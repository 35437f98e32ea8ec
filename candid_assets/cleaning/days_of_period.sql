-- Days without a year (02/12), which the period above the header gives theirs.
-- They build on the macros of dates.sql.

-- Takes a day without a year apart, 02/12, 2 Des or Dec 2; `middle` is empty
-- where it is none.
CREATE OR REPLACE TEMP MACRO day_month_parts(written) AS
    regexp_extract(
        regexp_replace(
            written,
            '^(' || month_pattern() || ')\.? ([0-9]{1,2})$',
            '\2 \1'
        ),
        '^(?:('
        || weekday_pattern()
        || ')(?:[.,] ?| ))?'
        || '([0-9]{1,2})( ?[-/.] ?| )([0-9]{1,2}|(?:'
        || month_pattern()
        || ')\.?)$',
        ['weekday', 'front', 'mark', 'middle']
    );

-- The day that parts name in one year, NULL where that year has none.
CREATE OR REPLACE TEMP MACRO day_in_year(p, date_order, year_number) AS
    CASE
        WHEN p.middle >= 'a'
            THEN try_cast(
                year_number || '-' || month_number(p.middle) || '-' || p.front
                AS DATE
            )
        WHEN p.middle = '' OR p.mark = ' ' THEN NULL
        WHEN date_order = 'dmy'
            THEN try_cast(
                year_number || '-' || p.middle || '-' || p.front AS DATE
            )
        ELSE try_cast(year_number || '-' || p.front || '-' || p.middle AS DATE)
    END;

-- The days within a period that a day without a year may be.
CREATE OR REPLACE TEMP MACRO days_in_period(p, date_order, first, last) AS
    list_filter(
        list_transform(
            range(year(first), year(last) + 1),
            lambda year_number: on_weekday(
                day_in_year(p, date_order, year_number),
                weekday_number(p.weekday)
            )
        ),
        lambda day: day BETWEEN first AND last
    );

-- A day of a period, NULL for both ends where it is unknown: STRUCT(value, reason).
-- Text with a year keeps it. A date cell may have got its year from the sheet, so
-- it is a day of the period, too, or refused.
CREATE OR REPLACE TEMP MACRO parse_date_of_period(
    cleaned, kind, date_order, first, last
) AS
    list_transform(
        [
            {
                dated: parse_date(cleaned, kind, date_order).value,
                parts: CASE
                    WHEN kind IN ('t', 'x')
                        THEN day_month_parts(
                            lower(plain_signs(without_midnight(cleaned)))
                        )
                END
            }
        ],
        lambda days: CASE
            WHEN cleaned IS NULL THEN {value: NULL::DATE, reason: NULL::VARCHAR}
            WHEN kind = 'e' THEN {value: NULL, reason: 'error_cell'}
            WHEN
                days.dated IS NOT NULL
                AND (kind IN ('t', 'x') OR days.dated BETWEEN first AND last)
                THEN {value: days.dated, reason: NULL}
            WHEN
                days.dated IS NULL
                AND (
                    days.parts IS NULL
                    OR day_in_year(days.parts, date_order, 2000) IS NULL
                )
                THEN {value: NULL, reason: 'not_a_date'}
            WHEN first IS NULL THEN {value: NULL, reason: 'no_year'}
            WHEN
                days.dated IS NOT NULL
                OR len(days_in_period(days.parts, date_order, first, last)) = 0
                THEN {value: NULL, reason: 'outside_period'}
            WHEN len(days_in_period(days.parts, date_order, first, last)) = 1
                THEN {
                    value: days_in_period(
                        days.parts, date_order, first, last
                    )[1],
                    reason: NULL
                }
            ELSE {value: NULL, reason: 'ambiguous_year'}
        END
    )[1];
