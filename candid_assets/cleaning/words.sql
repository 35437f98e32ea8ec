-- Booleans and telephone numbers: a value or a reason, never a guess.

-- A boolean: STRUCT(value, reason). A word of the two lists, in lower case, in
-- a text or number cell; a checkbox is what it says.
CREATE OR REPLACE TEMP MACRO parse_boolean(
    cleaned, kind, true_words, false_words
) AS
    value_or_reason(
        cleaned,
        kind,
        CASE
            WHEN kind = 'b' THEN try_cast(cleaned AS BOOLEAN)
            WHEN kind NOT IN ('t', 'x', 'n', 'm') THEN NULL
            WHEN list_contains(true_words, lower(cleaned)) THEN TRUE
            WHEN list_contains(false_words, lower(cleaned)) THEN FALSE
        END,
        'not_a_boolean'
    );

-- The significant number behind 0, 62, +62 or nothing, with the punctuation of
-- hands taken away; NULL where anything else stands in the cell. A leading 62
-- is the country: nobody writes the area codes 62x without their 0.
CREATE OR REPLACE TEMP MACRO phone_digits(written) AS
    CASE
        WHEN regexp_full_match(
            written, '\+?[0-9]{0,4}[ .-]?(?:\([0-9]{1,5}\))?[0-9 .-]*[0-9]'
        ) THEN regexp_extract(
            regexp_replace(written, '[ .()-]', '', 'g'),
            '^(?:\+?62)?0?([1-9][0-9]{6,11})$',
            1
        )
    END;

-- An Indonesian telephone number in E.164 form: STRUCT(value, reason). Mobile
-- numbers begin with 8, fixed lines with an area code of two or three figures; the
-- plan is libphonenumber's, which the tests compare it with.
CREATE OR REPLACE TEMP MACRO parse_phone(cleaned, kind) AS
    value_or_reason(
        cleaned,
        kind,
        CASE
            WHEN kind IN ('t', 'x', 'n', 'm') THEN '+62' || nullif(regexp_extract(
                phone_digits(plain_signs(cleaned)),
                '^(?:8[1-35-9][0-9]{7,10}|2[124][0-9]{7,8}|22[0-9]{6}'
                || '|2114[0-9]{3}|21500[0-9]{3}|1500[0-9]{3}|619[0-9]{8}'
                || '|177[0-9]{6,8}|80[049][0-9]{7}|800[0-9]{5,6}|8071[0-9]{6}'
                || '|(?:2(?:[35][1-4]|6[0-8]|7[1-6]|8[0-9]|9[1-8])'
                || '|3(?:1|[25][1-8]|3[1-68]|4[1-3]|6[1-3568]|7[0-469]|8[0-9])'
                || '|4(?:0[1-589]|1[01347-9]|2[0-36-8]|3[0-24-68]|43|5[1-378]'
                || '|6[1-5]|7[134]|8[1245])'
                || '|5(?:1[1-35-9]|2[25-8]|3[124-9]|4[1-3589]|5[1-46]|6[1-8])'
                || '|6(?:1|[25][0-9]|3[1-69]|4[1-6])'
                || '|7(?:02|[125][1-9]|[36][0-9]|4[1-8]|7[0-36-9])'
                || '|9(?:0[12]|1[013-8]|2[0-479]|5[125-8]|6[23679]|7[159]'
                || '|8[01346]))[0-9]{5,8})$'
            ), '')
        END,
        'bad_phone'
    );
