-- Text as it should be compared and kept. Every parser below starts from it.

-- Whitespace of every kind (line breaks, NBSP, ideographic space) becomes one
-- space, ends are trimmed, invisible marks (zero width space, BOM, soft hyphen,
-- writing direction) go, letters are composed (NFC). Blank text becomes NULL.
-- Joiners stay inside a word, where emoji and some scripts need them.
CREATE OR REPLACE TEMP MACRO clean_text(raw) AS
    CASE
        WHEN raw IS NULL THEN NULL
        WHEN regexp_full_match(raw, '[!-~]+(?: [!-~]+)*') THEN raw
        -- The commonest strays by themselves: no-break and outer spaces.
        WHEN regexp_full_match(
            trim(replace(raw, chr(160), ' ')), '[!-~]+(?: [!-~]+)*'
        )
            THEN trim(replace(raw, chr(160), ' '))
        ELSE nullif(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        nfc_normalize(raw),
                        '[\x{200B}\x{2060}\x{FEFF}\x{00AD}\x{061C}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2066}-\x{2069}]+',
                        '',
                        'g'
                    ),
                    '[\s\pZ\x{0B}\x{1C}-\x{1F}\x{85}]+',
                    ' ',
                    'g'
                ),
                '^[ \x{200C}\x{200D}]+|[ \x{200C}\x{200D}]+$',
                '',
                'g'
            ),
            ''
        )
    END;

-- The characters that hands, phones and word processors put for ASCII ones:
-- full-width digits and signs, minus signs and hyphens, curly apostrophes.
CREATE OR REPLACE TEMP MACRO plain_signs(cleaned) AS
    CASE
        WHEN regexp_full_match(cleaned, '[ -~]*') THEN cleaned
        ELSE translate(
            cleaned,
            '０１２３４５６７８９．，－＋％（）：／−‐‑’‘ʼ´`',
            '0123456789.,-+%():/---'''''''''''
        )
    END;

-- The position of the first text cell that is not blank, counted from 1.
CREATE OR REPLACE TEMP MACRO first_text(cleaned_cells, kinds) AS
    CASE
        WHEN NOT contains(kinds, 't') THEN NULL
        WHEN cleaned_cells[instr(kinds, 't')] IS NOT NULL
            THEN instr(kinds, 't')
        ELSE list_filter(
            range(1, len(cleaned_cells) + 1),
            lambda place:
                kinds[place] = 't' AND cleaned_cells[place] IS NOT NULL
        )[1]
    END;

-- Text that is none of the words, which mean blank and are in lower case.
CREATE OR REPLACE TEMP MACRO unless_word(cleaned, words) AS
    CASE WHEN list_contains(words, lower(cleaned)) THEN NULL ELSE cleaned END;

-- The same where a word is an error's code, which stands for its long form, too:
-- '#n/a' for #N/A (Did not find value 'x' in VLOOKUP evaluation.).
CREATE OR REPLACE TEMP MACRO unless_error(cleaned, words) AS
    CASE
        WHEN contains(cleaned, ' (') AND ends_with(cleaned, ')')
            AND list_contains(words, lower(split_part(cleaned, ' (', 1)))
            AND left(cleaned, 1) IN ('#', 'E', 'e')
            THEN NULL
        ELSE unless_word(cleaned, words)
    END;

-- Text without the guard against being read as a number that exports and hands
-- put before it: ="0812" and '0812. Before words an apostrophe may be their own.
CREATE OR REPLACE TEMP MACRO without_guard(cleaned, kind) AS
    CASE
        WHEN left(cleaned, 1) NOT IN ('''', '=') OR kind <> 't' THEN cleaned
        WHEN regexp_full_match(cleaned, '="(?:[^"]|"")*"')
            THEN nullif(trim(replace(cleaned[3:-2], '""', '"')), '')
        WHEN regexp_matches(cleaned, '^''[-+=(.]*[0-9]') THEN cleaned[2:]
        ELSE cleaned
    END;

-- Text of a column in which every text has an apostrophe as its guard.
CREATE OR REPLACE TEMP MACRO unguarded(cleaned) AS
    CASE
        WHEN left(cleaned, 1) = '''' THEN nullif(trim(cleaned[2:]), '')
        ELSE cleaned
    END;

-- What every parser gives: STRUCT(value, reason). A blank is neither.
CREATE OR REPLACE TEMP MACRO value_or_reason(cleaned, kind, parsed, otherwise) AS
    list_transform(
        [parsed],
        lambda found: {
            value: found,
            reason:
                CASE
                    WHEN cleaned IS NULL OR found IS NOT NULL THEN NULL
                    WHEN kind = 'e' THEN 'error_cell'
                    ELSE otherwise
                END
        }
    )[1];

-- Whether a number that a spreadsheet holds has lost figures: it keeps fifteen,
-- and a float is exact up to 2^53. In a column whose long numbers are whole a 0
-- at the end is a figure like any other.
CREATE OR REPLACE TEMP MACRO has_lost_figures(cleaned, kind, whole) AS
    kind = 'n'
    AND length(cleaned) >= 16
    AND regexp_full_match(cleaned, '-?[0-9]{16,}')
    AND (
        (NOT whole AND regexp_full_match(cleaned, '-?[0-9]{15}0+'))
        OR abs(try_cast(cleaned AS DOUBLE)) > 9007199254740992
    );

-- Whether a text is what is left of a long number that a spreadsheet took for
-- one: 3.20101E+15.
CREATE OR REPLACE TEMP MACRO is_cut_number(cleaned, kind) AS
    kind = 't'
    AND contains(cleaned, '+')
    AND regexp_full_match(
        cleaned, '[-+]?[0-9](?:[.,][0-9]+)?[eE][+][0-9]{2,3}'
    );

-- The reason against a cell that is kept as text: an error, or a damaged number.
CREATE OR REPLACE TEMP MACRO text_reason(cleaned, kind, whole) AS
    CASE
        WHEN cleaned IS NULL THEN NULL
        WHEN kind = 'e' THEN 'error_cell'
        WHEN is_cut_number(cleaned, kind) THEN 'damaged_id'
        WHEN has_lost_figures(cleaned, kind, whole) THEN 'damaged_id'
    END;

-- The reason against a cell that the sheet itself read, in a column where what
-- it read cannot be trusted; text is as the hand left it.
CREATE OR REPLACE TEMP MACRO blocked_reason(cleaned, kind) AS
    CASE
        WHEN kind IN ('n', 'd', 's') AND cleaned IS NOT NULL
            THEN 'blocked_column'
    END;

-- The reason against a parsed value, or that it does not fit its column's type.
CREATE OR REPLACE TEMP MACRO typed_reason(parsed, fitted) AS
    CASE
        WHEN parsed.reason IS NOT NULL THEN parsed.reason
        WHEN parsed.value IS NOT NULL AND fitted IS NULL THEN 'out_of_range'
    END;

-- What a person reads: Tgl (D17): '31/02/2025' is not a date.
CREATE OR REPLACE TEMP MACRO cell_message(header, cell, shown, reason, phrase) AS
    header
    || ' ('
    || cell
    || '): '
    || CASE
        WHEN shown IS NULL OR reason = 'missing_value' THEN ''
        WHEN length(shown) > 80 THEN '''' || left(shown, 79) || '…'' '
        ELSE '''' || shown || ''' '
    END
    || phrase;
