-- What the parsers that clean cells make of texts: of temp.found_texts, which has the columns kind,
-- exact, text and of_phones, and others that are passed on.
-- A view, so that no reading is kept: those of a large workbook need far more room than its texts.
CREATE OR REPLACE TEMP VIEW found_readings AS
WITH folded AS (
    SELECT
        *,
        lower(plain_signs(text)) AS small,
        CASE WHEN kind = 't' THEN currency_of(plain_signs(text)) END AS currency,
        -- One letter is a mark behind a space or cents alone: 50K is a thousand.
        CASE WHEN kind = 't' THEN nullif(
            regexp_extract(
                lower(text),
                '^(?:rp\.?|idr)?[-+( ]{0,3}[0-9][0-9.,]*\)?(?: ?(?:db|cr|dr|kr|debet|debit|kredit|credit)'
                || '| [dk])\.?$'
            ), ''
        ) END AS marked
    FROM temp.found_texts
),
likely AS (
    SELECT
        *,
        currency IS NOT NULL OR marked IS NOT NULL OR kind = 't' AND regexp_full_match(
            small,
            '[-+()0-9.,% ]*(?:(?:rp|idr|rb|ribu|jt|juta|m|miliar|milyar|triliun)[-+()0-9.,% ]*)*'
        ) AND regexp_matches(small, '[0-9]') AS like_number,
        kind = 't' AND length(small) <= 48 AND regexp_matches(
            small, '^(?:[a-z'']{3,9}[.,]? ?){0,2}[0-9]{1,4}(?:st|nd|rd|th)?[-/., ]'
        ) AND regexp_matches(small, '[0-9]') AS like_date,
        kind = 't' AND length(small) <= 24
            AND regexp_matches(small, '[0-9]{1,2}[.:][0-9]{2}') AS like_clock,
        -- One letter behind a number alone may be any unit: 90 m is a distance.
        kind = 't' AND length(small) <= 40 AND regexp_matches(
            small,
            '^[-+]?(?:p[t0-9]|[0-9]+[:.][0-9]{2}[:.]?'
            || '|[0-9.,]+ ?(?:minggu|hari|days?|jam|hours?|hrs?|menit|mnt|mins?|minutes?|detik|dtk|secs?|seconds?)\b'
            || '|[0-9]+ ?[jhd] ?[0-9])'
        ) AS like_length
    FROM folded
),
plain AS (
    SELECT
        *,
        -- A macro repeats what it is called with: it gets a column, which is worked out once.
        CASE
            WHEN marked IS NOT NULL THEN regexp_replace(text, ' ?[A-Za-z]+\.?$', '')
            WHEN currency <> 'IDR' THEN without_currency(text, currency)
            ELSE text
        END AS bare,
        CASE WHEN exact AND kind = 'n' THEN 'm' ELSE kind END AS exact_kind
    FROM likely
),
parsed AS (
    SELECT
        *,
        CASE
            WHEN kind = 'n' OR like_number
                THEN [read_number(bare, exact_kind, 'id'), read_number(bare, exact_kind, 'en')]
        END AS numbers,
        CASE
            WHEN like_date THEN list_transform(
                ['dmy', 'mdy', 'ymd'],
                lambda way: parse_date(text, kind, way).value
            )
        END AS days,
        CASE
            WHEN like_date AND like_clock OR like_date AND length(small) > 11
                THEN list_transform(
                    ['dmy', 'mdy', 'ymd'],
                    lambda way: parse_timestamp(text, kind, way).value
                )
        END AS moments,
        CASE
            WHEN like_clock OR kind = 'h' THEN parse_time(text, kind).value
        END AS clock,
        CASE
            WHEN kind = 'h' OR like_length THEN list_transform(
                [3600, 60], lambda unit: read_duration(text, kind, unit)
            )
        END AS lengths,
        CASE
            WHEN of_phones
                AND kind IN ('t', 'n') AND regexp_matches(text, '[0-9]{3}')
                -- Texts with neither 0, 62 nor 8 in front may be of another country.
                AND (kind = 'n' OR regexp_matches(text, '^[^0-9]*0|^[^0-9(]*(?:8|62)'))
                AND length(text) <= 24 THEN parse_phone(text, kind).value
        END AS phone
    FROM plain
)
SELECT
    * EXCLUDE (numbers),
    numbers[1] AS number_id,
    numbers[2] AS number_en,
    -- Money has no three decimals: `Rp 1.500` is fifteen hundred wherever it is typed.
    numbers[1].digits IS NOT NULL
    AND NOT (currency IS NOT NULL AND ends_in_group(text, ',')) AS is_id,
    numbers[2].digits IS NOT NULL
    AND NOT (currency IS NOT NULL AND ends_in_group(text, '.')) AS is_en,
    numbers[1].places = 0 AND NOT suffix(numbers[1].digits, 'e-2') AS whole_id,
    numbers[2].places = 0 AND NOT suffix(numbers[2].digits, 'e-2') AS whole_en,
    coalesce(days[1], days[2], days[3]) IS NOT NULL AS is_day,
    kind = 't' AND coalesce(numbers[1].digits, numbers[2].digits) IS NOT NULL
    AND regexp_matches(small, '[0-9] [0-9]{3}') AS is_spaced,
    kind = 't' AND regexp_full_match(
        small, '[0-9]{1,2}([-/.])[0-9]{1,2}[-/.][0-9]{1,2}'
    ) AS is_short,
    -- Plain figures in one spelling each, whatever groups their digits and whether
    -- a whole amount has its two decimals.
    CASE
        WHEN kind = 't' AND numbers[1].digits IS NOT NULL
            AND regexp_full_match(small, '-?[0-9., ]+')
            THEN regexp_replace(translate(small, '. ', ''), ',00$', '')
    END AS figures_id,
    CASE
        WHEN kind = 't' AND numbers[2].digits IS NOT NULL
            AND regexp_full_match(small, '-?[0-9., ]+')
            THEN regexp_replace(translate(small, ', ', ''), '[.]00$', '')
    END AS figures_en
FROM parsed;
