-- Counts what the cells of each column are, by the parsers that will clean them.
-- Reads temp.found_cells(tab, place, member, row_number, kind, content), and
-- phone_columns (table and column), blank_words, true_words, false_words, nothing_words, fault_words, plain_words as lists in variables.
CREATE OR REPLACE TEMP TABLE found_values AS
WITH written AS (
    SELECT
        tab,
        place,
        kind,
        clean_text(content) AS written
    FROM temp.found_cells
    WHERE kind <> '-'
)

SELECT
    tab,
    place,
    CASE kind WHEN 'x' THEN 't' WHEN 'm' THEN 'n' ELSE kind END AS kind,
    kind IN ('x', 'm') AS exact,
    kind = 't' AND left(written, 1) = '''' AS guarded,
    without_guard(written, kind) AS text,
    list_contains(getvariable('phone_columns'), tab || ' ' || place) AS of_phones,
    count(*) AS n
FROM written
GROUP BY ALL
HAVING text IS NOT NULL;

-- Whether a number has one sign, and three figures behind it.
CREATE OR REPLACE TEMP MACRO ends_in_group(text, sign) AS
    regexp_matches(text, '^[^0-9]*[0-9]{1,3}[' || sign || '][0-9]{3}[^0-9.,]*$');
