SELECT
    tab,
    place,
    sum(n)::BIGINT AS cells,
    count(*) AS "distinct",
    sum(n) FILTER (kind = 't') AS text,
    sum(n) FILTER (kind = 'n') AS number,
    sum(n) FILTER (kind = 't' AND exact) AS exact_text,
    sum(n) FILTER (kind = 'n' AND exact) AS exact_number,
    sum(n) FILTER (
        kind = 'n' AND NOT exact AND regexp_full_match(text, '-?[0-9]{16,}')
    ) AS long_number,
    sum(n) FILTER (guarded) AS guards,
    list(DISTINCT regexp_extract(marked, '([a-z]+)\.?$', 1)) FILTER (
        marked IS NOT NULL AND (is_id OR is_en)
    ) AS marks,
    sum(n) FILTER (kind = 'd') AS date,
    sum(n) FILTER (kind = 's') AS stamp,
    sum(n) FILTER (kind = 's' AND ends_with(text, ' 00:00:00')) AS midnight,
    sum(n) FILTER (kind = 'h') AS clock,
    sum(n) FILTER (kind = 'b') AS boolean,
    sum(n) FILTER (kind = 'e') AS error,
    sum(n) FILTER (kind = 'n' AND whole_id) AS number_whole,
    max(number_id.places) FILTER (kind = 'n') AS number_places,
    sum(n) FILTER (kind = 't' AND is_id) AS text_id,
    sum(n) FILTER (kind = 't' AND is_id AND NOT is_en) AS text_id_only,
    sum(n) FILTER (kind = 't' AND is_id AND whole_id) AS text_id_whole,
    max(number_id.places) FILTER (kind = 't' AND is_id) AS text_id_places,
    sum(n) FILTER (kind = 't' AND is_en) AS text_en,
    sum(n) FILTER (kind = 't' AND is_en AND NOT is_id) AS text_en_only,
    sum(n) FILTER (kind = 't' AND is_en AND whole_en) AS text_en_whole,
    max(number_en.places) FILTER (kind = 't' AND is_en) AS text_en_places,
    sum(n) FILTER (
        NOT exact AND is_counted_day(text, kind) AND left(text, 5) BETWEEN '36526' AND '55152'
    ) AS counted_days,
    sum(n) FILTER (
        NOT exact AND is_counted_day(text, kind) AND left(text, 5) BETWEEN '10959' AND '36525'
    ) AS counted_births,
    sum(n) FILTER (
        NOT exact AND is_counted_day(text, kind) AND length(text) > 5
        AND left(text, 5) BETWEEN '10959' AND '55152'
    ) AS counted_moments,
    sum(n) FILTER (
        kind = 't' AND is_id AND is_en AND number_id.digits <> number_en.digits
        AND NOT contains(number_id.digits, '.')
    ) AS point_groups,
    sum(n) FILTER (
        kind = 't' AND is_id AND is_en AND number_id.digits <> number_en.digits
        AND NOT contains(number_en.digits, '.')
    ) AS comma_groups,
    max(greatest(
        abs(try_cast(number_id.digits AS DOUBLE)),
        abs(try_cast(number_en.digits AS DOUBLE))
    )) AS biggest,
    sum(n) FILTER (days[1] IS NOT NULL) AS dmy,
    sum(n) FILTER (days[2] IS NOT NULL) AS mdy,
    sum(n) FILTER (days[3] IS NOT NULL) AS ymd,
    sum(n) FILTER (
        kind IN ('n', 't') AND regexp_full_match(text, '(?:19|20)[0-9]{6}')
        AND try_strptime(text, '%Y%m%d') IS NOT NULL
    ) AS bare_days,
    count(DISTINCT left(CAST(coalesce(days[1], moments[1]) AS VARCHAR), 4)) AS dmy_years,
    count(DISTINCT left(CAST(coalesce(days[3], moments[3]) AS VARCHAR), 4)) AS ymd_years,
    sum(n) FILTER (
        days[1] IS NOT NULL AND days[2] IS NULL OR moments[1] IS NOT NULL AND moments[2] IS NULL
    ) AS dmy_only,
    sum(n) FILTER (
        days[2] IS NOT NULL AND days[1] IS NULL OR moments[2] IS NOT NULL AND moments[1] IS NULL
    ) AS mdy_only,
    sum(n) FILTER (
        days[1] <> days[2] OR moments[1] <> moments[2]
    ) AS either_order,
    sum(n) FILTER (moments[1] IS NOT NULL) AS stamp_dmy,
    sum(n) FILTER (moments[2] IS NOT NULL) AS stamp_mdy,
    sum(n) FILTER (moments[3] IS NOT NULL) AS stamp_ymd,
    sum(n) FILTER (kind = 't' AND clock IS NOT NULL) AS text_clock,
    sum(n) FILTER (
        kind = 't' AND clock IS NOT NULL AND contains(text, ':')
    ) AS colons,
    sum(n) FILTER (lengths[1].digits IS NOT NULL) AS duration,
    sum(n) FILTER (
        lengths[1].digits IS NOT NULL AND clock IS NULL
    ) AS long_duration,
    sum(n) FILTER (
        kind = 't' AND lengths[1].digits IS NOT NULL
        AND regexp_full_match(text, '[0-9]+[.][0-9]{2}[.][0-9]{2}')
    ) AS dotted_duration,
    max(lengths[1].places) AS hour_places,
    max(lengths[2].places) AS minute_places,
    sum(n) FILTER (phone IS NOT NULL) AS phone,
    sum(n) FILTER (
        kind = 't' AND list_contains(getvariable('true_words'), small)
    ) AS true_words,
    sum(n) FILTER (
        kind = 't' AND list_contains(getvariable('false_words'), small)
    ) AS false_words,
    sum(n) FILTER (
        kind = 't' AND list_contains(getvariable('plain_words'), small)
    ) AS plain_yes,
    sum(n) FILTER (is_short AND is_day) AS short_year,
    sum(n) FILTER (
        is_short AND is_day AND coalesce(year(days[1]), 0) < 2010
        AND coalesce(year(days[2]), 0) < 2010 AND coalesce(year(days[3]), 0) < 2010
    ) AS short_year_early,
    sum(n) FILTER (
        is_short AND is_day AND regexp_matches(small, '(?:1[3-9]|2[0-9]|3[01])[-/.]')
    ) AS short_year_late_day,
    sum(n) FILTER (
        is_day AND NOT list_has_any(
            list_transform(days, lambda day: year(day) BETWEEN 1900 AND 2100), [TRUE]
        )
    ) AS far_year,
    sum(n) FILTER (
        kind = 't' AND regexp_matches(small, '[0-9][.,][0-9]{2}[^0-9]*$')
    ) AS text_cents,
    count(DISTINCT figures_id) - count(DISTINCT wide_number(number_id)) FILTER (
        figures_id IS NOT NULL
    ) AS text_id_same,
    count(DISTINCT figures_en) - count(DISTINCT wide_number(number_en)) FILTER (
        figures_en IS NOT NULL
    ) AS text_en_same,
    sum(n) FILTER (
        kind = 't' AND regexp_full_match(text, '0[0-9]+')
    ) AS leading_zero,
    sum(n) FILTER (
        kind = 't' AND regexp_full_match(text, '[0-9]+')
    ) AS codes,
    min(length(text)) FILTER (
        kind = 't' AND regexp_full_match(text, '[0-9]+')
    ) AS shortest_code,
    max(length(text)) FILTER (
        kind = 't' AND regexp_full_match(text, '[0-9]+')
    ) AS longest_code,
    sum(n) FILTER (
        kind = 't' AND regexp_full_match(text, '[0-9]{10,}')
    ) AS figures,
    sum(n) FILTER (is_spaced) AS spaced,
    min(length(text)) FILTER (is_spaced) AS shortest_spaced,
    max(length(text)) FILTER (is_spaced) AS longest_spaced,
    sum(n) FILTER (
        kind = 't' AND regexp_matches(small, '^[-+( ]*(?:rp|idr|us|\$|€)')
    ) AS money,
    list(DISTINCT currency ORDER BY currency) FILTER (
        currency IS NOT NULL AND (is_id OR is_en)
    ) AS currencies,
    sum(n) FILTER (kind = 't' AND text IN ('-', '–', '—')) AS dashes,
    sum(n) FILTER (
        kind = 't' AND list_contains(getvariable('blank_words'), small)
    ) AS blank_words,
    list(DISTINCT small ORDER BY small) FILTER (
        kind = 't' AND list_contains(getvariable('blank_words'), small)
    ) AS blanks_found,
    sum(n) FILTER (
        kind = 't' AND list_contains(getvariable('nothing_words'), small)
    ) AS nothing,
    list(DISTINCT small ORDER BY small) FILTER (
        kind = 't' AND list_contains(getvariable('nothing_words'), small)
    ) AS nothing_found,
    sum(n) FILTER (
        kind = 't' AND list_contains(getvariable('fault_words'), small)
    ) AS faults,
    list(DISTINCT small ORDER BY small) FILTER (
        kind = 't' AND list_contains(getvariable('fault_words'), small)
    ) AS faults_found
FROM temp.found_counts
GROUP BY tab, place;
