-- Durations of any length, as a number of days, hours, minutes or seconds: exact,
-- or reported. A clock time in such a column is a length (7:15 is 7 hours and a
-- quarter), never a time of day.

-- Takes a duration apart that is a clock or words: 37:30:00, 1 hari 2 jam, 7,5 jam.
-- A dot or comma before one or two figures is a decimal mark; before three it
-- may divide thousands, and with one dot a clock may be a decimal: not read.
CREATE OR REPLACE TEMP MACRO written_parts(written) AS
    regexp_extract(
        written,
        '^([-+]?) ?'
        || '(?:([0-9]+(?:[.,][0-9]{1,2})?) ?(?:minggu|mgg|weeks?|wks?|w)[ ,]*)?'
        || '(?:([0-9]+(?:[.,][0-9]{1,2})?) ?(?:hari|hr|days?|d)[ ,]*)?'
        || '(?:([0-9]+(?:[.,][0-9]{1,2})?) ?(?:jam|j|hours?|hrs?|h)[ ,]*)?'
        || '(?:([0-9]+(?:[.,][0-9]{1,2})?) ?(?:menit|mnt|min|mins|minutes?|m)[ ,]*)?'
        || '(?:([0-9]+(?:[.,][0-9]{1,2})?) ?(?:detik|dtk|dt|seconds?|secs?|s)[ ,]*)?'
        || '(?:([0-9]+):([0-5][0-9])(?::([0-5][0-9](?:[.,][0-9]{1,6})?))?'
        || '|([0-9]+)\.([0-5][0-9])\.([0-5][0-9]))?$',
        [
            'sign', 'w', 'd', 'h', 'm', 's',
            'clock_h', 'clock_m', 'clock_s', 'dot_h', 'dot_m', 'dot_s'
        ]
    );

-- Takes a duration of ISO 8601 apart; years and months have no one length.
CREATE OR REPLACE TEMP MACRO iso_parts(written) AS
    regexp_extract(
        written,
        '^([-+]?)p(?:(-?[0-9]+(?:[.,][0-9]{1,6})?)w)?(?:(-?[0-9]+(?:[.,][0-9]{1,6})?)d)?'
        || '(?:t(?:(-?[0-9]+(?:[.,][0-9]{1,6})?)h)?(?:(-?[0-9]+(?:[.,][0-9]{1,6})?)m)?'
        || '(?:(-?[0-9]+(?:[.,][0-9]{1,6})?)s)?)?$',
        ['sign', 'w', 'd', 'h', 'm', 's']
    );

-- A part as an exact number, 0 where it is not written.
CREATE OR REPLACE TEMP MACRO part_of(written) AS
    try_cast(
        replace(coalesce(nullif(written, ''), '0'), ',', '.') AS DECIMAL(18, 6)
    );

-- The microseconds of parts, NULL where none is written or one is too long.
CREATE OR REPLACE TEMP MACRO microseconds_of(p, clock_h, clock_m, clock_s) AS
    CASE
        WHEN p.w || p.d || p.h || p.m || p.s || clock_h <> '' THEN try_cast(
            CASE p.sign WHEN '-' THEN -1 ELSE 1 END
            * 1000000
            * (
                part_of(p.w)::DECIMAL(38, 6) * 604800
                + part_of(p.d)::DECIMAL(38, 6) * 86400
                + (part_of(p.h) + part_of(clock_h))::DECIMAL(38, 6) * 3600
                + (part_of(p.m) + part_of(clock_m))::DECIMAL(38, 6) * 60
                + part_of(p.s)
                + part_of(clock_s)
            ) AS HUGEINT
        )
    END;

-- A duration's microseconds from text in small letters, NULL where it is none.
CREATE OR REPLACE TEMP MACRO duration_from_text(written) AS
    CASE
        WHEN regexp_matches(written, '^[-+]?p') THEN list_transform(
            [iso_parts(written)], lambda p: microseconds_of(p, '', '', '')
        )[1]
        ELSE list_transform(
            [written_parts(written)],
            lambda p: microseconds_of(
                p, p.clock_h || p.dot_h, p.clock_m || p.dot_m, p.clock_s || p.dot_s
            )
        )[1]
    END;

-- Twelve decimals of a length in units of so many microseconds; one that never
-- ends, such as 20 minutes in hours, counts more places than any type has.
CREATE OR REPLACE TEMP MACRO in_units(micros, unit) AS
    list_transform(
        [abs(micros) % unit * 1000000000000],
        lambda rest: {
            digits:
                CASE WHEN micros < 0 THEN '-' ELSE '' END
                || (abs(micros) // unit)::VARCHAR
                || '.'
                || lpad((rest // unit)::VARCHAR, 12, '0'),
            places:
                CASE
                    WHEN rest % unit <> 0 THEN 399
                    ELSE places_of(
                        (abs(micros) // unit)::VARCHAR
                        || lpad((rest // unit)::VARCHAR, 12, '0'),
                        12,
                        0
                    )
                END,
            reason: NULL::VARCHAR
        }
    )[1];

-- The exact length of a cell in units of so many seconds: digits, places, reason.
CREATE OR REPLACE TEMP MACRO read_duration(cleaned, kind, unit_seconds) AS
    CASE
        WHEN cleaned IS NULL THEN NULL
        ELSE list_transform(
            [
                CASE
                    WHEN kind IN ('h', 't', 'x')
                        THEN duration_from_text(lower(plain_signs(cleaned)))
                END
            ],
            lambda micros: CASE
                WHEN micros IS NOT NULL
                    THEN in_units(micros, unit_seconds * 1000000::HUGEINT)
                ELSE {
                    digits: NULL::VARCHAR,
                    places: 0,
                    reason:
                        CASE kind
                            WHEN 'e' THEN 'error_cell'
                            ELSE 'not_a_duration'
                        END
                }
            END
        )[1]
    END;
