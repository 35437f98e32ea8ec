-- Numbers: a value or a reason, never a guess. `notation` is 'id' (1.250.000,50)
-- or 'en' (1,250,000.50); `kind` is the cell's kind letter.

-- Takes a number written as text apart; `whole` is empty where it is none.
-- A whole part is 0, plain digits or groups of three, without leading zeros; it
-- may lack before two decimals: ,50 and .00 of bank statements.
-- English marks are swapped first, so that one grammar serves both notations.
CREATE OR REPLACE TEMP MACRO number_parts(written, notation) AS
    regexp_extract(
        CASE notation
            WHEN 'id' THEN written
            ELSE regexp_replace(translate(written, '.,', ',.'), '(?i)rp,', 'Rp.')
        END,
        '^(\(?) ?([+-]?) ?((?i:rp\.?|idr)?) ?(\(?)([+-]?) ?'
        || '((?:0|[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]*)?)((?:,[0-9]+)?)'
        || '((?:[.,]--?)?) ?'
        || '((?i:rb|ribu|jt|juta|mlr|miliar|milyar|triliun|trilyun)|[MT]|)'
        || ' ?(%?) ?(-?)(\)?)$',
        [
            'bracket', 'sign', 'currency', 'inner_bracket', 'inner_sign',
            'whole', 'part', 'dash', 'unit', 'percent', 'after', 'closing'
        ]
    );

-- The currency that a text names before or behind its figures, as a code of
-- ISO 4217, or NULL. $ alone is the American one, and ¥ the yen.
CREATE OR REPLACE TEMP MACRO currency_of(cleaned) AS
    MAP {
        'rp': 'IDR', 'rp.': 'IDR', 'idr': 'IDR',
        '$': 'USD', 'us$': 'USD', 'usd': 'USD',
        'a$': 'AUD', 'aud': 'AUD', 's$': 'SGD', 'sgd': 'SGD',
        'rm': 'MYR', 'myr': 'MYR', '€': 'EUR', 'eur': 'EUR',
        '£': 'GBP', 'gbp': 'GBP', '¥': 'JPY', 'jpy': 'JPY',
        'cny': 'CNY', 'rmb': 'CNY', '฿': 'THB', 'thb': 'THB',
        '₹': 'INR', 'inr': 'INR'
    }[
        coalesce(
            nullif(
                regexp_extract(
                    lower(cleaned),
                    '^[-+( ]{0,3}([a-z]{0,3}[$€£¥฿₹]|[a-z]{2,3}\.?)'
                    || '[-+( ]{0,3}[0-9][-0-9.,)% ]*',
                    1
                ),
                ''
            ),
            nullif(
                regexp_extract(
                    lower(cleaned),
                    '^\(?([a-z]{0,3}[$€£¥฿₹]|[a-z]{2,3}\.?) ?[-–—]{1,2} ?\)?$',
                    1
                ),
                ''
            ),
            regexp_extract(
                lower(cleaned),
                '^[-+( ]{0,3}[0-9][-0-9.,) ]*?([$€£¥฿₹]|[a-z]{3})\)?$',
                1
            )
        )
    ];

-- A number's text without the mark of its currency, 0 for a dash; blank where the text names
-- another one, so that it is never read as the column's.
CREATE OR REPLACE TEMP MACRO without_currency(cleaned, currency) AS
    CASE currency_of(cleaned)
        WHEN currency THEN CASE
            WHEN regexp_matches(cleaned, '[0-9]')
                THEN regexp_replace(cleaned, '(?i) ?[a-z$€£¥฿₹]+ ?', '')
            ELSE '0'
        END
        ELSE CASE WHEN currency_of(cleaned) IS NULL THEN cleaned ELSE '' END
    END;

-- The power of ten that a unit word or a percent sign stands for.
CREATE OR REPLACE TEMP MACRO number_power(unit, percent) AS
    CASE lower(unit)
        WHEN '' THEN CASE percent WHEN '' THEN 0 ELSE -2 END
        WHEN 'rb' THEN 3
        WHEN 'ribu' THEN 3
        WHEN 'jt' THEN 6
        WHEN 'juta' THEN 6
        WHEN 'triliun' THEN 12
        WHEN 'trilyun' THEN 12
        WHEN 't' THEN 12
        ELSE 9
    END;

-- Whether the parts make one number: one sign at most (a minus, a plus or
-- brackets), and no percent, unit or dash that contradict one another. M is
-- miliar and T triliun in Indonesian hands, a million and a ton in English ones,
-- where they are refused. Rupiah have no three decimals: they are the thousands
-- of somebody who writes the other notation.
CREATE OR REPLACE TEMP MACRO number_agrees(p, notation) AS
    (p.whole <> '' OR length(p.part) = 3)
    AND length(
        p.bracket || p.sign || p.inner_bracket || p.inner_sign || p.after
    ) <= 1
    AND (p.bracket || p.inner_bracket <> '') = (p.closing <> '')
    AND (p.percent = '' OR (p.currency = '' AND p.unit = '' AND p.dash = ''))
    AND (p.dash = '' OR (p.unit = '' AND p.part = '' AND p.whole <> ''))
    AND (p.unit NOT IN ('M', 'T') OR notation = 'id')
    AND NOT (
        p.currency <> '' AND p.unit = '' AND length(p.part) = 4
        AND regexp_full_match(p.whole, '[1-9][0-9]{0,2}')
    );

-- The decimals a number needs: `figures` are all its figures, of which `part`
-- stand behind the mark, times ten to `power`. 1,20 needs one, 10% needs one.
CREATE OR REPLACE TEMP MACRO places_of(figures, part, power) AS
    CASE rtrim(figures, '0')
        WHEN '' THEN 0
        ELSE greatest(
            part - (length(figures) - length(rtrim(figures, '0'))) - power, 0
        )
    END;

-- Rupiah as accounting formats write it: a dash is 0, a mark may stand behind.
CREATE OR REPLACE TEMP MACRO plain_money(written) AS
    CASE
        WHEN regexp_full_match(written, '[-+(]?[0-9][0-9.,]*[)-]?') THEN written
        WHEN regexp_full_match(written, '(?i)\(?(?:rp\.?|idr) ?[-–—]{1,2} ?\)?')
            THEN '0'
        ELSE regexp_replace(
            written, '(?i)^(.*[0-9)-]) ?(?:rp\.?|idr)$', 'Rp \1'
        )
    END;

-- Thousands that spaces divide, 1 250 000,50: without them, where each group is of three.
CREATE OR REPLACE TEMP MACRO without_group_spaces(written) AS
    CASE
        WHEN regexp_full_match(
            written, '[^0-9]*[1-9][0-9]{0,2}(?: [0-9]{3})+(?:[.,][0-9]+)?[^0-9]*'
        )
            THEN regexp_replace(written, '([0-9]) ([0-9])', '\1\2', 'g')
        ELSE written
    END;

-- An amount with the sign that a mark behind it gives: 287.490,00 DB. The words
-- are a contract's, in lower case; an amount with a sign of its own gets two.
CREATE OR REPLACE TEMP MACRO without_mark(cleaned, negative, positive) AS
    list_transform(
        [
            regexp_extract(
                cleaned, '^(.*[0-9)]-?) ?([A-Za-z]{1,8})\.?$', ['amount', 'mark']
            )
        ],
        lambda p: CASE
            WHEN list_contains(negative, lower(p.mark)) THEN '-' || p.amount
            WHEN list_contains(positive, lower(p.mark)) THEN '+' || p.amount
            ELSE cleaned
        END
    )[1];

-- A number from text that is taken apart: `digits` is exact and fit for a cast to
-- any DECIMAL, `places` counts the decimals it needs. A list of one for each step,
-- since DuckDB would plan and compute a macro's argument wherever it is named.
CREATE OR REPLACE TEMP MACRO number_by_parts(cleaned, notation) AS
    list_transform(
        list_transform(
            list_transform(
                list_transform(
                    [plain_signs(cleaned)],
                    lambda plain: without_group_spaces(plain)
                ),
                lambda joined: plain_money(joined)
            ),
            lambda written: number_parts(written, notation)
        ),
        lambda p: CASE
            WHEN number_agrees(p, notation) THEN {
                digits:
                    CASE
                        WHEN p.bracket || p.inner_bracket <> ''
                            OR contains(p.sign || p.inner_sign || p.after, '-')
                            THEN '-'
                        ELSE ''
                    END
                    || coalesce(nullif(translate(p.whole, '.,', ''), ''), '0')
                    || replace(p.part, ',', '.')
                    || CASE
                        WHEN p.unit || p.percent = '' THEN ''
                        ELSE 'e' || number_power(p.unit, p.percent)
                    END,
                places: places_of(
                    translate(p.whole || p.part, '.,', ''),
                    greatest(length(p.part) - 1, 0),
                    number_power(p.unit, p.percent)
                ),
                reason: NULL::VARCHAR
            }
            ELSE {
                digits: NULL::VARCHAR, places: 0, reason: 'not_a_number'
            }
        END
    )[1];

-- Whether a text is a number as most are written, of which no part needs a look: a
-- minus at most, figures with or without thousands, decimals; rupiah without these.
CREATE OR REPLACE TEMP MACRO is_plain_number(cleaned, notation) AS
    regexp_full_match(
        cleaned,
        CASE notation
            WHEN 'id'
                THEN '-?(?:0|[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]*)(?:,[0-9]+)?'
                || '|(?i:rp\.? ?)(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]*)'
            ELSE '-?(?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*)(?:\.[0-9]+)?'
                || '|(?i:rp\.? ?)(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*)'
        END
    );

-- The digits of a plain number.
CREATE OR REPLACE TEMP MACRO plain_digits(cleaned, notation) AS
    CASE notation
        WHEN 'id'
            THEN replace(replace(ltrim(cleaned, 'RPrp. '), '.', ''), ',', '.')
        ELSE replace(ltrim(cleaned, 'RPrp. '), ',', '')
    END;

-- A number from text; most need not be taken apart, which is slow.
CREATE OR REPLACE TEMP MACRO number_from_text(cleaned, notation) AS
    CASE
        WHEN is_plain_number(cleaned, notation) THEN {
            digits: plain_digits(cleaned, notation),
            places: length(
                rtrim(split_part(plain_digits(cleaned, notation), '.', 2), '0')
            ),
            reason: NULL::VARCHAR
        }
        ELSE number_by_parts(cleaned, notation)
    END;

-- A number cell's digits. Sheets computes in binary floats and shows fifteen
-- figures: 0.30000000000000004 is 0.3. A whole number is exact as it is.
CREATE OR REPLACE TEMP MACRO without_noise(canonical) AS
    CASE
        WHEN length(canonical) > 16 AND instr(canonical, '.') BETWEEN 2 AND 16
            THEN format('{:.15g}', try_cast(canonical AS DOUBLE))
        ELSE canonical
    END;

-- A number from a number cell, most of which are short: whole, or with decimals
-- of which the last counts; only those of spreadsheets and other floats have noise.
CREATE OR REPLACE TEMP MACRO number_from_cell(canonical, kind) AS
    CASE
        WHEN regexp_full_match(canonical, '-?[0-9]{1,15}')
            THEN {digits: canonical, places: 0, reason: NULL::VARCHAR}
        WHEN length(canonical) <= 16
            AND regexp_full_match(canonical, '-?[0-9]+\.[0-9]*[1-9]')
            THEN {
                digits: canonical,
                places: length(canonical) - instr(canonical, '.'),
                reason: NULL::VARCHAR
            }
        ELSE list_transform(
            [
                CASE kind
                    WHEN 'm' THEN canonical
                    ELSE without_noise(canonical)
                END
            ],
            lambda digits: {
                digits: digits,
                places: places_of(
                    translate(split_part(digits, 'e', 1), '-.', ''),
                    length(split_part(split_part(digits, 'e', 1), '.', 2)),
                    coalesce(
                        try_cast(split_part(digits, 'e', 2) AS INTEGER), 0
                    )
                ),
                reason:
                    CASE
                        WHEN try_cast(digits AS DOUBLE) IS NULL
                            THEN 'not_a_number'
                    END
            }
        )[1]
    END;

-- The exact number of a cell, not yet of any type: digits, places, reason.
CREATE OR REPLACE TEMP MACRO read_number(cleaned, kind, notation) AS
    CASE
        WHEN cleaned IS NULL THEN NULL
        WHEN kind IN ('n', 'm') THEN number_from_cell(cleaned, kind)
        WHEN kind IN ('t', 'x') THEN number_from_text(cleaned, notation)
        ELSE {
            digits: NULL::VARCHAR,
            places: 0,
            reason: CASE kind WHEN 'e' THEN 'error_cell' ELSE 'not_a_number' END
        }
    END;

-- Why a number that was read does not fit its column, or NULL. `fitted` is the
-- number cast to the column's type, `scale` the decimals that type keeps.
CREATE OR REPLACE TEMP MACRO number_reason(number, fitted, scale) AS
    CASE
        WHEN number.reason IS NOT NULL THEN number.reason
        WHEN number.digits IS NULL THEN NULL
        WHEN number.places > scale THEN 'too_precise'
        WHEN fitted IS NULL THEN 'out_of_range'
    END;

-- Whether 5 is the last figure that counts, as it is in every tie.
CREATE OR REPLACE TEMP MACRO ends_on_five(digits) AS
    regexp_matches(digits, '5[0.]*(?:e|$)');

-- Half even: `fitted` was rounded half away from zero to `scale` decimals; where
-- the number was a tie and the last figure is odd, one `step` is taken back.
CREATE OR REPLACE TEMP MACRO half_even(number, fitted, scale, step) AS
    CASE
        WHEN number.places = scale + 1
            AND ends_on_five(number.digits)
            AND contains('13579', right(fitted::VARCHAR, 1))
            THEN CASE WHEN fitted < 0 THEN fitted + step ELSE fitted - step END
        ELSE fitted
    END;

-- The widest exact cast. DuckDB casts text to more than 18 figures a hundred
-- times slower, so that only numbers which need it take that way.
CREATE OR REPLACE TEMP MACRO wide_number(number) AS
    CASE
        WHEN number.places <= 4 AND length(number.digits) <= 14
            THEN try_cast(number.digits AS DECIMAL(18, 4))::DECIMAL(38, 10)
        ELSE try_cast(number.digits AS DECIMAL(38, 10))
    END;

-- A number as DECIMAL(38, 10): STRUCT(value, reason).
CREATE OR REPLACE TEMP MACRO parse_number(cleaned, kind, notation) AS
    list_transform(
        [read_number(cleaned, kind, notation)],
        lambda number: list_transform(
            [wide_number(number)],
            lambda fitted: list_transform(
                [number_reason(number, fitted, 10)],
                lambda reason: {
                    value: CASE WHEN reason IS NULL THEN fitted END,
                    reason: reason
                }
            )[1]
        )[1]
    )[1];

-- Why a number that was read is no whole number that fits its column, or NULL.
-- 1.250,00 is whole; a percentage never is.
CREATE OR REPLACE TEMP MACRO integer_reason(number, fitted) AS
    CASE
        WHEN number.reason = 'not_a_number'
            OR number.places > 0
            OR suffix(number.digits, 'e-2')
            THEN 'not_an_integer'
        ELSE number_reason(number, fitted, 0)
    END;

-- A whole number as HUGEINT: STRUCT(value, reason).
CREATE OR REPLACE TEMP MACRO parse_integer(cleaned, kind, notation) AS
    list_transform(
        [read_number(cleaned, kind, notation)],
        lambda number: list_transform(
            [try_cast(number.digits AS HUGEINT)],
            lambda fitted: list_transform(
                [integer_reason(number, fitted)],
                lambda reason: {
                    value: CASE WHEN reason IS NULL THEN fitted END,
                    reason: reason
                }
            )[1]
        )[1]
    )[1];
