-- What a number format says beyond the number: units, currencies, percent.

-- The mark that a number is shown with, in lower case, a currency as its code
-- of ISO 4217: 'pcs' of 24 pcs, '%' of 12,5%, 'IDR' of Rp1.250.
CREATE OR REPLACE TEMP MACRO mark_of(shown) AS
    list_transform(
        [
            lower(
                trim(
                    regexp_replace(
                        plain_signs(clean_text(shown)),
                        '[-+( ]*[0-9](?:[-0-9., ]*[0-9])?[,.]?[-) ]*',
                        ' '
                    ),
                    ' .,-+()'
                )
            )
        ],
        lambda mark: coalesce(currency_of(mark || '1'), mark)
    )[1];

-- The mark of a number cell; blank for a number that is shown plain, NULL for a
-- number whose mark says nothing: one in words that scale it (1,3 jt for
-- 1300000), a negative one that a format of its own shows without a minus, and
-- zero as a word or percentage.
CREATE OR REPLACE TEMP MACRO number_mark(shown, canonical) AS
    CASE
        WHEN shown IS NULL THEN CASE canonical WHEN '0' THEN NULL ELSE '' END
        WHEN NOT regexp_matches(shown, '[0-9]') THEN NULL
        WHEN starts_with(canonical, '-')
            AND NOT regexp_matches(shown, '[-(−–]')
            THEN NULL
        WHEN mark_of(shown) = '%' AND canonical = '0' THEN NULL
        WHEN mark_of(shown) IN (
            'k', 'rb', 'ribu', 'm', 'mn', 'mio', 'jt', 'juta', 'b', 'bn', 'mlr',
            'miliar', 'milyar', 't', 'triliun', 'trilyun'
        )
            AND regexp_replace(shown, '[^0-9]', '', 'g')
            <> regexp_replace(canonical, '[^0-9]', '', 'g')
            THEN NULL
        ELSE mark_of(shown)
    END;

-- The mark of a number that was typed as text, of which only the percent sign
-- counts: a currency's is part of reading it, and a unit makes it no number.
CREATE OR REPLACE TEMP MACRO text_mark(cleaned) AS
    CASE
        WHEN NOT coalesce(regexp_matches(cleaned, '[1-9]'), FALSE) THEN NULL
        WHEN contains(cleaned, '%') THEN '%'
        ELSE ''
    END;

-- The mark that the numbers of a column have, from how many have each: the
-- commonest that is not blank, for a number without a unit or currency is one
-- of them; but a number without a percent sign is no percentage, so that there
-- the commoner one counts.
CREATE OR REPLACE TEMP MACRO usual_mark(counts) AS
    list_transform(
        [
            list_reverse_sort(
                list_transform(
                    list_filter(
                        map_entries(counts),
                        lambda entry: entry.key <> ''
                    ),
                    lambda entry: {times: entry.value, mark: entry.key}
                )
            )[1]
        ],
        lambda most: CASE
            WHEN most.mark = '%' AND counts[''] > most.times THEN ''
            ELSE most.mark
        END
    )[1];

-- Whether a number has another mark than its column.
CREATE OR REPLACE TEMP MACRO has_other_mark(mark, usual) AS
    coalesce(mark <> usual AND (mark <> '' OR usual = '%'), FALSE);

-- A mark in a message.
CREATE OR REPLACE TEMP MACRO mark_words(mark) AS
    CASE mark WHEN '' THEN 'no unit' ELSE mark END;

-- How many figures the padded codes among numbers have, such as 5 of 00007;
-- NULL where there are none or of several lengths.
CREATE OR REPLACE TEMP MACRO usual_figures(numbers) AS
    list_transform(
        [
            list_distinct(
                list_transform(
                    list_filter(
                        numbers,
                        lambda code: regexp_full_match(code, '0[0-9]+')
                    ),
                    lambda code: length(code)
                )
            )
        ],
        lambda lengths: CASE WHEN len(lengths) = 1 THEN lengths[1] END
    )[1];

-- Whether a number among padded codes lacks the zeros that its format would add.
CREATE OR REPLACE TEMP MACRO is_unpadded(cleaned, kind, figures) AS
    coalesce(
        kind = 'n'
        AND length(cleaned) < figures
        AND regexp_full_match(cleaned, '[0-9]+'),
        FALSE
    );

-- Whether a date is shown as what a hand may have typed for something else:
-- 1/2, 2-3 or Mar-5, without a year of four figures.
CREATE OR REPLACE TEMP MACRO is_short_date(shown) AS
    coalesce(
        regexp_full_match(
            trim(shown), '(?:[0-9]{1,2}|\pL+)[^0-9\pL]+(?:[0-9]{1,2}|\pL+)'
        ),
        FALSE
    );
