-- Dates and times: a value or a reason, never a guess. `date_order` is 'dmy',
-- 'mdy' or 'ymd' and only matters where a date is written in figures.
-- The macros on names of months and weekdays are made by `macros.py`.

-- August 17, 2025 becomes 17 august 2025; everything else stays as it is.
CREATE OR REPLACE TEMP MACRO day_first(written) AS
    CASE
        WHEN regexp_matches(written, '^[a-z]') THEN regexp_replace(
            written,
            '^((?:[a-z'']+[,.]? )?)([a-z]{3,9}\.?) ([0-9]{1,2})((?:st|nd|rd|th)?,? )([0-9]{4})$',
            '\1\3 \2 \5'
        )
        ELSE written
    END;

-- Takes a date written as text apart; `middle` is empty where it is none.
CREATE OR REPLACE TEMP MACRO date_parts(written) AS
    regexp_extract(
        day_first(written),
        '^(?:('
        || weekday_pattern()
        || ')(?:[.,] ?| ))?'
        || '([0-9]{1,4})((?:(?:st|nd|rd|th)\b)?[-/., ]{1,3})'
        || '([0-9]{1,2}|'
        || month_pattern()
        || ')([-/., ]{1,3})''?([0-9]{1,4})$',
        ['weekday', 'front', 'first_mark', 'middle', 'second_mark', 'rear']
    );

-- Whether day, month and year can be told apart. In figures the two marks are
-- the same single mark; a year has four figures, or two where the order says
-- which end it stands at.
CREATE OR REPLACE TEMP MACRO date_agrees(p, date_order) AS
    p.middle <> ''
    AND (
        p.middle >= 'a'
        OR (p.first_mark = p.second_mark AND p.first_mark IN ('-', '/', '.'))
    )
    AND CASE
        WHEN length(p.front) = 4 THEN length(p.rear) <= 2
        WHEN length(p.front) = 3 THEN FALSE
        WHEN length(p.rear) = 4 THEN p.middle >= 'a' OR date_order <> 'ymd'
        WHEN date_order = 'ymd' THEN length(p.front) = 2 AND length(p.rear) <= 2
        ELSE length(p.rear) = 2
    END;

-- The year: two figures up to 68 are of this century, as in Sheets and POSIX.
CREATE OR REPLACE TEMP MACRO full_year(written) AS
    CASE
        WHEN length(written) = 4 THEN written
        WHEN written <= '68' THEN '20' || written
        ELSE '19' || written
    END;

-- The date that agreeing parts name, NULL where the calendar has none. Years
-- before 1000 are slips of the hand.
CREATE OR REPLACE TEMP MACRO date_of(p, date_order) AS
    list_transform(
        [
            CASE
                WHEN length(p.front) = 4
                    OR (date_order = 'ymd' AND length(p.rear) <= 2)
                    THEN {y: p.front, m: p.middle, d: p.rear}
                WHEN date_order = 'mdy' AND p.middle < 'a'
                    THEN {y: p.rear, m: p.front, d: p.middle}
                ELSE {y: p.rear, m: p.middle, d: p.front}
            END
        ],
        lambda part: CASE
            WHEN full_year(part.y) >= '1000' THEN try_cast(
                full_year(part.y)
                || '-'
                || CASE
                    WHEN part.m < 'a' THEN part.m
                    ELSE month_number(part.m)::VARCHAR
                END
                || '-'
                || part.d
                AS DATE
            )
        END
    )[1];

-- The day if its weekday is the one written (or none is), else NULL.
CREATE OR REPLACE TEMP MACRO on_weekday(day, weekday) AS
    list_filter(
        [day], lambda found: coalesce(isodow(found) = weekday, TRUE)
    )[1];

-- A date from text, NULL where it is none or its weekday is another one.
CREATE OR REPLACE TEMP MACRO date_from_text(cleaned, date_order) AS
    list_transform(
        [date_parts(replace(lower(plain_signs(cleaned)), ' - ', '-'))],
        lambda p: CASE
            WHEN date_agrees(p, date_order) THEN on_weekday(
                date_of(p, date_order), weekday_number(p.weekday)
            )
        END
    )[1];

-- Text without the midnight that exports write behind every date.
CREATE OR REPLACE TEMP MACRO without_midnight(cleaned) AS
    CASE
        WHEN contains(cleaned, '00:00')
            THEN regexp_replace(cleaned, '[ T]00:00(?::00(?:[.]0+)?)?$', '')
        ELSE cleaned
    END;

-- Whether a number may be a day as spreadsheets count them, from 30 December 1899.
CREATE OR REPLACE TEMP MACRO is_counted_day(cleaned, kind) AS
    kind IN ('n', 'm', 't', 'x') AND regexp_full_match(cleaned, '[1-9][0-9]{4}(?:[.,][0-9]+)?');

-- The text of such a day as that of a date cell; any other text as it is.
CREATE OR REPLACE TEMP MACRO counted_day(cleaned, kind) AS
    CASE
        WHEN is_counted_day(cleaned, kind) THEN (
            TIMESTAMP '1899-12-30'
            + to_seconds(round(replace(cleaned, ',', '.')::DOUBLE * 86400)::BIGINT)
        )::VARCHAR
        ELSE cleaned
    END;

-- The kind of such a cell: that of a date with a time of day, which may be midnight.
CREATE OR REPLACE TEMP MACRO counted_kind(cleaned, kind) AS
    CASE WHEN is_counted_day(cleaned, kind) THEN 's' ELSE kind END;

-- Whether figures may be a day alone, with the year first: 20250301.
CREATE OR REPLACE TEMP MACRO is_bare_day(cleaned, kind) AS
    kind IN ('n', 'm', 't', 'x') AND regexp_full_match(cleaned, '(?:19|20)[0-9]{6}');

-- The text of such a day with its signs; any other text as it is.
CREATE OR REPLACE TEMP MACRO bare_day(cleaned, kind) AS
    CASE
        WHEN is_bare_day(cleaned, kind)
            THEN left(cleaned, 4) || '-' || cleaned[5:6] || '-' || cleaned[7:8]
        ELSE cleaned
    END;

-- The kind of such a cell: that of a text.
CREATE OR REPLACE TEMP MACRO bare_kind(cleaned, kind) AS
    CASE WHEN is_bare_day(cleaned, kind) THEN 't' ELSE kind END;

-- A date: STRUCT(value, reason). A cell with a time of day is no date, but one
-- that shows midnight is: exports write every date so.
CREATE OR REPLACE TEMP MACRO parse_date(cleaned, kind, date_order) AS
    value_or_reason(
        cleaned,
        kind,
        CASE
            WHEN kind = 'd' THEN try_cast(cleaned AS DATE)
            WHEN kind = 's' THEN CASE
                WHEN ends_with(cleaned, ' 00:00:00')
                    THEN try_cast(left(cleaned, 10) AS DATE)
            END
            WHEN kind IN ('t', 'x') THEN date_from_text(
                without_midnight(cleaned), date_order
            )
        END,
        'not_a_date'
    );

-- Whether a moment has a part of a microsecond, which no type here keeps.
CREATE OR REPLACE TEMP MACRO is_too_fine(cleaned) AS
    length(cleaned) > 15
    AND regexp_matches(cleaned, '[.,][0-9]{6}[0-9]*[1-9][0-9]*(?:[^0-9]|$)');

-- Takes a time of day written as text apart; `hours` is empty where it is none.
-- Dots and colons divide; fractions of a second only stand behind colons.
CREATE OR REPLACE TEMP MACRO time_parts(written) AS
    regexp_extract(
        written,
        '^(?:(.*[0-9])(?:,? | ?- ?|t))??(?:pukul |pkl\.? ?|jam )?'
        || '([0-9]{1,2})([.:])([0-9]{2})'
        || '(?:([.:])([0-9]{2}(?:\.[0-9]{1,6})?))?'
        || ' ?(am|pm|wib|wita|wit|z|utc|gmt|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9]|)$',
        ['day', 'hours', 'mark', 'minutes', 'second_mark', 'seconds', 'zone']
    );

-- The minutes by which a zone's clock differs from WIB, which the platform keeps.
CREATE OR REPLACE TEMP MACRO minutes_to_wib(zone) AS
    CASE
        WHEN zone IN ('', 'am', 'pm', 'wib') THEN 0
        WHEN zone = 'wita' THEN -60
        WHEN zone = 'wit' THEN -120
        WHEN zone IN ('z', 'utc', 'gmt') THEN 420
        ELSE 420
            - (left(zone, 1) || '1')::INTEGER
            * (zone[2:3]::INTEGER * 60 + right(zone, 2)::INTEGER)
    END;

-- A time from figures.
CREATE OR REPLACE TEMP MACRO clock(hours, p) AS
    try_cast(
        lpad(hours, 2, '0')
        || ':'
        || p.minutes
        || ':'
        || CASE p.seconds WHEN '' THEN '00' ELSE p.seconds END
        AS TIME
    );

-- The time that parts name, NULL where no clock shows it.
CREATE OR REPLACE TEMP MACRO time_of(p) AS
    CASE
        WHEN p.hours = ''
            OR p.second_mark NOT IN ('', p.mark)
            OR (p.mark = '.' AND length(p.seconds) > 2)
            THEN NULL
        WHEN p.zone NOT IN ('am', 'pm') THEN
            CASE WHEN p.hours::INTEGER <= 23 THEN clock(p.hours, p) END
        WHEN p.hours::INTEGER BETWEEN 1 AND 12 THEN clock(
            (
                p.hours::INTEGER % 12
                + CASE p.zone WHEN 'pm' THEN 12 ELSE 0 END
            )::VARCHAR,
            p
        )
    END;

-- A time of day: STRUCT(value, reason). Durations of a day and more, which
-- Sheets knows, do not fit a TIME.
CREATE OR REPLACE TEMP MACRO parse_time(cleaned, kind) AS
    value_or_reason(
        cleaned,
        kind,
        CASE
            WHEN is_too_fine(cleaned) THEN NULL
            WHEN kind = 'h' THEN list_filter(
                [try_cast(cleaned AS TIME)],
                lambda found: found < TIME '24:00:00'
            )[1]
            WHEN kind IN ('t', 'x') THEN list_transform(
                [time_parts(lower(plain_signs(cleaned)))],
                lambda p: CASE
                    WHEN p.day = '' AND minutes_to_wib(p.zone) = 0
                        THEN time_of(p)
                END
            )[1]
        END,
        CASE
            WHEN is_too_fine(cleaned) THEN 'too_precise'
            WHEN kind = 'h' THEN 'out_of_range'
            ELSE 'not_a_time'
        END
    );

-- A date with a time of day: STRUCT(value, reason), in WIB where the text names
-- another zone. A date cell is midnight,
-- which is what the sheet holds; a date without a time in text is refused.
CREATE OR REPLACE TEMP MACRO parse_timestamp(cleaned, kind, date_order) AS
    value_or_reason(
        cleaned,
        kind,
        CASE
            WHEN is_too_fine(cleaned) THEN NULL
            WHEN kind IN ('d', 's') THEN try_cast(cleaned AS TIMESTAMP)
            WHEN kind IN ('t', 'x') THEN list_transform(
                [time_parts(lower(plain_signs(cleaned)))],
                lambda p: CASE
                    WHEN p.day <> ''
                        THEN date_from_text(p.day, date_order)
                            + time_of(p)
                            + to_minutes(minutes_to_wib(p.zone))
                END
            )[1]
        END,
        CASE
            WHEN is_too_fine(cleaned) THEN 'too_precise'
            ELSE 'not_a_timestamp'
        END
    );
