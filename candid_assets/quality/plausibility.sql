-- What is plausible for a column, from its own values: days as a sorted list of
-- distinct ones, numbers as a sorted list of sizes. The most extreme hundredth, and
-- at least one value, does not count as usual.

CREATE OR REPLACE TEMP MACRO usual_first(days) AS
    CASE
        WHEN len(days) >= 5
            THEN days[greatest(2, ceil(len(days) * 0.01))::INTEGER]
    END;

CREATE OR REPLACE TEMP MACRO usual_last(days) AS
    CASE
        WHEN len(days) >= 5
            THEN
                days[
                    least(len(days) - 1, floor(len(days) * 0.99))::INTEGER
                ]
    END;

-- The first plausible day: not before 2000 unless much of the column is, and not
-- further before the usual days than these reach, or than a year.
CREATE OR REPLACE TEMP MACRO plausible_from(days, early, filled) AS
    greatest(
        CASE
            WHEN early < greatest(2, filled * 0.2) AND 2 * early < filled
                THEN DATE '2000-01-01'
        END,
        usual_first(days)
        - greatest(366, usual_last(days) - usual_first(days))::INTEGER
    );

-- The last plausible day: not after the end of the year that follows the read, and
-- not further behind the usual days than above. None where much of the column is
-- later, as with ends of contracts.
CREATE OR REPLACE TEMP MACRO plausible_to(days, late, filled, read_day) AS
    CASE
        WHEN late < greatest(2, filled * 0.2)
            THEN
                least(
                    make_date(year(read_day) + 1, 12, 31),
                    usual_last(days)
                    + greatest(
                        366, usual_last(days) - usual_first(days)
                    )::INTEGER
                )
    END;

-- The size from which a number is too large to be plausible.
CREATE OR REPLACE TEMP MACRO implausible_size(sizes) AS
    CASE
        WHEN len(sizes) >= 5
            THEN
                100
                * sizes[
                    least(len(sizes) - 1, floor(len(sizes) * 0.99))::INTEGER
                ]
    END;
