-- generated, not run
WITH read_rows AS (
  SELECT
    CASE
      WHEN "given"."age" BETWEEN -9223372036854775808 AND 9223372036854775807
      THEN CAST("given"."age" AS BIGINT)
    END AS "age",
    CAST("given"."paid" AS DOUBLE) AS "paid",
    CAST("given"."city" AS VARCHAR) AS "city",
    DATE_PART(EPOCH_MICROSECOND, "given"."seen") AS "seen",
    TRIM(CAST("given"."person" AS VARCHAR), CAST(:id_blanks AS VARCHAR)) AS "unit"
  FROM "care"."visits" AS "given"
  WHERE
    CASE
      WHEN DATE_PART(EPOCH_MICROSECOND, "given"."seen") >= 1793491200000000
      AND DATE_PART(EPOCH_MICROSECOND, "given"."seen") < 1796083200000000
      THEN 1
      ELSE 0
    END = 1
), split_rows AS (
  SELECT
    *,
    CASE
      WHEN TRIM("unit", '-.0123456789') = ''
      AND (
        "unit" LIKE '%.0' OR SUBSTR("unit", 1, 1) = '-'
      )
      THEN CASE
        WHEN SUBSTR("unit", 1, 1) = '-'
        THEN SUBSTR(
          CASE
            WHEN "unit" LIKE '%.0'
            THEN SUBSTR("unit", 1, LENGTH("unit") - 2)
            ELSE "unit"
          END,
          2
        )
        ELSE CASE
          WHEN "unit" LIKE '%.0'
          THEN SUBSTR("unit", 1, LENGTH("unit") - 2)
          ELSE "unit"
        END
      END
    END AS "digits"
  FROM read_rows
), coded_rows AS (
  SELECT
    CASE
      WHEN "unit" = ''
      THEN NULL
      WHEN (
        "digits" <> ''
        AND TRIM("digits", '0123456789') = ''
        AND (
          "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
        )
      )
      AND "unit" LIKE '%.0'
      AND (
        LENGTH("digits") > 16
        OR (
          LENGTH("digits") = 16 AND "digits" >= '9007199254740992'
        )
      )
      THEN NULL
      WHEN (
        "digits" <> ''
        AND TRIM("digits", '0123456789') = ''
        AND (
          "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
        )
      )
      AND "digits" = '0'
      THEN '0'
      WHEN "digits" <> ''
      AND TRIM("digits", '0123456789') = ''
      AND (
        "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
      )
      THEN CASE
        WHEN "unit" LIKE '%.0'
        THEN SUBSTR("unit", 1, LENGTH("unit") - 2)
        ELSE "unit"
      END
      WHEN TRIM("unit", '-0123456789abcdefABCDEF') = ''
      AND LENGTH("unit") = 36
      AND LENGTH(REPLACE("unit", '-', '')) = 32
      AND SUBSTR("unit", 9, 1) = '-'
      AND SUBSTR("unit", 14, 1) = '-'
      AND SUBSTR("unit", 19, 1) = '-'
      AND SUBSTR("unit", 24, 1) = '-'
      THEN LOWER("unit")
      ELSE "unit"
    END AS "unit",
    CASE
      WHEN CAST("age" AS DOUBLE) BETWEEN CAST(-1.7976931348623157E+308 AS DOUBLE) AND CAST(1.7976931348623157e+308 AS DOUBLE)
      THEN CASE
        WHEN CAST("age" AS DOUBLE) >= CAST(18.0e0 AS DOUBLE)
        THEN CASE WHEN CAST("age" AS DOUBLE) >= CAST(65.0e0 AS DOUBLE) THEN 2 ELSE 1 END
        ELSE CASE WHEN CAST("age" AS DOUBLE) > CAST(0.0e0 AS DOUBLE) THEN 0 ELSE 3 END
      END
      ELSE 4
    END AS "age",
    CASE
      WHEN CAST("paid" AS DOUBLE) BETWEEN CAST(-1.7976931348623157E+308 AS DOUBLE) AND CAST(1.7976931348623157e+308 AS DOUBLE)
      THEN 0
      ELSE 0
    END AS "paid",
    CASE
      WHEN "city" IS NULL OR TRIM("city", CAST(:blanks AS VARCHAR)) = ''
      THEN 2
      WHEN "city" = 'NA'
      THEN 2
      WHEN "city" = 'x'
      THEN 0
      WHEN "city" = 'y\'s'
      THEN 1
      WHEN "city" = 'a:b'
      THEN 2
      ELSE 2
    END AS "city",
    CASE
      WHEN NOT "seen" IS NULL
      THEN CASE WHEN "seen" >= 180000000000 THEN 1 ELSE 0 END
      ELSE 2
    END AS "seen"
  FROM split_rows
), numbered_rows AS (
  SELECT
    "age",
    "paid",
    "city",
    "seen",
    ROW_NUMBER() OVER (
      PARTITION BY "unit"
      ORDER BY SHA2(
        CAST(:key AS VARCHAR) || '|' || "unit" || (
          '|' || CAST("age" AS VARCHAR) || ','
        ) || (
          CAST("paid" AS VARCHAR) || ',' || CAST("city" AS VARCHAR) || (
            ',' || CAST("seen" AS VARCHAR)
          )
        ),
        256
      ) NULLS FIRST
    ) AS "place"
  FROM coded_rows
  WHERE
    NOT "unit" IS NULL
), kept_rows AS (
  SELECT
    "age",
    "paid",
    "city",
    "seen"
  FROM numbered_rows
  WHERE
    "place" <= 3
)
SELECT
  0 AS asked,
  cell,
  COUNT(*) AS many
FROM (
  SELECT
    (
      CAST(CASE WHEN "age" >= 2 THEN CASE WHEN "age" >= 3 THEN 2 ELSE 1 END ELSE 0 END AS BIGINT)
    ) * 2 + CASE WHEN "city" >= 1 THEN CASE WHEN "city" >= 2 THEN 0 ELSE 1 END ELSE 0 END AS cell
  FROM kept_rows
) AS cells
WHERE
  NOT cell IS NULL
GROUP BY
  cell
UNION ALL
SELECT
  1 AS asked,
  cell,
  COUNT(*) AS many
FROM (
  SELECT
    "paid" AS cell
  FROM kept_rows
) AS cells
WHERE
  NOT cell IS NULL
GROUP BY
  cell;

WITH read_rows AS (
  SELECT
    CASE
      WHEN "given"."age" BETWEEN -9223372036854775808 AND 9223372036854775807
      THEN CAST("given"."age" AS BIGINT)
    END AS "age",
    CAST("given"."paid" AS DOUBLE) AS "paid",
    TRIM(CAST("given"."person" AS VARCHAR), CAST(:id_blanks AS VARCHAR)) AS "unit"
  FROM "care"."visits" AS "given"
  WHERE
    CASE
      WHEN DATE_PART(EPOCH_MICROSECOND, "given"."seen") >= 1793491200000000
      AND DATE_PART(EPOCH_MICROSECOND, "given"."seen") < 1796083200000000
      THEN 1
      ELSE 0
    END = 1
), staged_rows_1 AS (
  SELECT
    *,
    CASE
      WHEN CASE
        WHEN CAST("age" AS DOUBLE) BETWEEN CAST(-1.7976931348623157E+308 AS DOUBLE) AND CAST(1.7976931348623157e+308 AS DOUBLE)
        THEN CASE WHEN CAST("age" AS DOUBLE) > CAST(0.0e0 AS DOUBLE) THEN 1 ELSE 0 END
        ELSE 0
      END = 1
      THEN (
        CASE
          WHEN (
            FLOOR(
              CASE
                WHEN CASE
                  WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                  THEN CAST(0.0e0 AS DOUBLE)
                  WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                  THEN CAST(99.0e0 AS DOUBLE)
                  ELSE CAST("age" AS DOUBLE)
                END < CAST(1e-200 AS DOUBLE)
                AND CASE
                  WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                  THEN CAST(0.0e0 AS DOUBLE)
                  WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                  THEN CAST(99.0e0 AS DOUBLE)
                  ELSE CAST("age" AS DOUBLE)
                END >= CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CASE
                  WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                  THEN CAST(0.0e0 AS DOUBLE)
                  WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                  THEN CAST(99.0e0 AS DOUBLE)
                  ELSE CAST("age" AS DOUBLE)
                END < CAST(0.0e0 AS DOUBLE)
                AND CASE
                  WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                  THEN CAST(0.0e0 AS DOUBLE)
                  WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                  THEN CAST(99.0e0 AS DOUBLE)
                  ELSE CAST("age" AS DOUBLE)
                END > CAST(-1E-200 AS DOUBLE)
                THEN CAST(-1E-200 AS DOUBLE)
                ELSE CASE
                  WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                  THEN CAST(0.0e0 AS DOUBLE)
                  WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                  THEN CAST(99.0e0 AS DOUBLE)
                  ELSE CAST("age" AS DOUBLE)
                END
              END * CAST(1.0e0 AS DOUBLE) / CAST(1.0e0 AS DOUBLE)
            ) + CAST(1.0e0 AS DOUBLE)
          ) * CAST(1.0e0 AS DOUBLE) / CAST(1.0e0 AS DOUBLE) <= CASE
            WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
            THEN CAST(0.0e0 AS DOUBLE)
            WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
            THEN CAST(99.0e0 AS DOUBLE)
            ELSE CAST("age" AS DOUBLE)
          END
          THEN FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END < CAST(1e-200 AS DOUBLE)
              AND CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END >= CAST(0.0e0 AS DOUBLE)
              THEN CAST(0.0e0 AS DOUBLE)
              WHEN CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END < CAST(0.0e0 AS DOUBLE)
              AND CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END > CAST(-1E-200 AS DOUBLE)
              THEN CAST(-1E-200 AS DOUBLE)
              ELSE CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END
            END * CAST(1.0e0 AS DOUBLE) / CAST(1.0e0 AS DOUBLE)
          ) + CAST(1.0e0 AS DOUBLE)
          WHEN FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END < CAST(1e-200 AS DOUBLE)
              AND CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END >= CAST(0.0e0 AS DOUBLE)
              THEN CAST(0.0e0 AS DOUBLE)
              WHEN CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END < CAST(0.0e0 AS DOUBLE)
              AND CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END > CAST(-1E-200 AS DOUBLE)
              THEN CAST(-1E-200 AS DOUBLE)
              ELSE CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END
            END * CAST(1.0e0 AS DOUBLE) / CAST(1.0e0 AS DOUBLE)
          ) * CAST(1.0e0 AS DOUBLE) / CAST(1.0e0 AS DOUBLE) <= CASE
            WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
            THEN CAST(0.0e0 AS DOUBLE)
            WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
            THEN CAST(99.0e0 AS DOUBLE)
            ELSE CAST("age" AS DOUBLE)
          END
          THEN FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END < CAST(1e-200 AS DOUBLE)
              AND CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END >= CAST(0.0e0 AS DOUBLE)
              THEN CAST(0.0e0 AS DOUBLE)
              WHEN CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END < CAST(0.0e0 AS DOUBLE)
              AND CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END > CAST(-1E-200 AS DOUBLE)
              THEN CAST(-1E-200 AS DOUBLE)
              ELSE CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END
            END * CAST(1.0e0 AS DOUBLE) / CAST(1.0e0 AS DOUBLE)
          )
          ELSE FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END < CAST(1e-200 AS DOUBLE)
              AND CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END >= CAST(0.0e0 AS DOUBLE)
              THEN CAST(0.0e0 AS DOUBLE)
              WHEN CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END < CAST(0.0e0 AS DOUBLE)
              AND CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END > CAST(-1E-200 AS DOUBLE)
              THEN CAST(-1E-200 AS DOUBLE)
              ELSE CASE
                WHEN CAST("age" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("age" AS DOUBLE) > CAST(99.0e0 AS DOUBLE)
                THEN CAST(99.0e0 AS DOUBLE)
                ELSE CAST("age" AS DOUBLE)
              END
            END * CAST(1.0e0 AS DOUBLE) / CAST(1.0e0 AS DOUBLE)
          ) - CAST(1.0e0 AS DOUBLE)
        END
      ) * CAST(1.0e0 AS DOUBLE) / CAST(1.0e0 AS DOUBLE)
    END AS "made_1",
    CASE
      WHEN CASE
        WHEN CAST("paid" AS DOUBLE) BETWEEN CAST(-1.7976931348623157E+308 AS DOUBLE) AND CAST(1.7976931348623157e+308 AS DOUBLE)
        THEN 1
        ELSE 0
      END = 1
      THEN (
        CASE
          WHEN (
            FLOOR(
              CASE
                WHEN CASE
                  WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                  THEN CAST(0.0e0 AS DOUBLE)
                  WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                  THEN CAST(9.5e0 AS DOUBLE)
                  ELSE CAST("paid" AS DOUBLE)
                END < CAST(1e-200 AS DOUBLE)
                AND CASE
                  WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                  THEN CAST(0.0e0 AS DOUBLE)
                  WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                  THEN CAST(9.5e0 AS DOUBLE)
                  ELSE CAST("paid" AS DOUBLE)
                END >= CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CASE
                  WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                  THEN CAST(0.0e0 AS DOUBLE)
                  WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                  THEN CAST(9.5e0 AS DOUBLE)
                  ELSE CAST("paid" AS DOUBLE)
                END < CAST(0.0e0 AS DOUBLE)
                AND CASE
                  WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                  THEN CAST(0.0e0 AS DOUBLE)
                  WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                  THEN CAST(9.5e0 AS DOUBLE)
                  ELSE CAST("paid" AS DOUBLE)
                END > CAST(-1E-200 AS DOUBLE)
                THEN CAST(-1E-200 AS DOUBLE)
                ELSE CASE
                  WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                  THEN CAST(0.0e0 AS DOUBLE)
                  WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                  THEN CAST(9.5e0 AS DOUBLE)
                  ELSE CAST("paid" AS DOUBLE)
                END
              END * CAST(10.0e0 AS DOUBLE) / CAST(1.0e0 AS DOUBLE)
            ) + CAST(1.0e0 AS DOUBLE)
          ) * CAST(1.0e0 AS DOUBLE) / CAST(10.0e0 AS DOUBLE) <= CASE
            WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
            THEN CAST(0.0e0 AS DOUBLE)
            WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
            THEN CAST(9.5e0 AS DOUBLE)
            ELSE CAST("paid" AS DOUBLE)
          END
          THEN FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END < CAST(1e-200 AS DOUBLE)
              AND CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END >= CAST(0.0e0 AS DOUBLE)
              THEN CAST(0.0e0 AS DOUBLE)
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END < CAST(0.0e0 AS DOUBLE)
              AND CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END > CAST(-1E-200 AS DOUBLE)
              THEN CAST(-1E-200 AS DOUBLE)
              ELSE CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END
            END * CAST(10.0e0 AS DOUBLE) / CAST(1.0e0 AS DOUBLE)
          ) + CAST(1.0e0 AS DOUBLE)
          WHEN FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END < CAST(1e-200 AS DOUBLE)
              AND CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END >= CAST(0.0e0 AS DOUBLE)
              THEN CAST(0.0e0 AS DOUBLE)
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END < CAST(0.0e0 AS DOUBLE)
              AND CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END > CAST(-1E-200 AS DOUBLE)
              THEN CAST(-1E-200 AS DOUBLE)
              ELSE CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END
            END * CAST(10.0e0 AS DOUBLE) / CAST(1.0e0 AS DOUBLE)
          ) * CAST(1.0e0 AS DOUBLE) / CAST(10.0e0 AS DOUBLE) <= CASE
            WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
            THEN CAST(0.0e0 AS DOUBLE)
            WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
            THEN CAST(9.5e0 AS DOUBLE)
            ELSE CAST("paid" AS DOUBLE)
          END
          THEN FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END < CAST(1e-200 AS DOUBLE)
              AND CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END >= CAST(0.0e0 AS DOUBLE)
              THEN CAST(0.0e0 AS DOUBLE)
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END < CAST(0.0e0 AS DOUBLE)
              AND CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END > CAST(-1E-200 AS DOUBLE)
              THEN CAST(-1E-200 AS DOUBLE)
              ELSE CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END
            END * CAST(10.0e0 AS DOUBLE) / CAST(1.0e0 AS DOUBLE)
          )
          ELSE FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END < CAST(1e-200 AS DOUBLE)
              AND CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END >= CAST(0.0e0 AS DOUBLE)
              THEN CAST(0.0e0 AS DOUBLE)
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END < CAST(0.0e0 AS DOUBLE)
              AND CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END > CAST(-1E-200 AS DOUBLE)
              THEN CAST(-1E-200 AS DOUBLE)
              ELSE CASE
                WHEN CAST("paid" AS DOUBLE) < CAST(0.0e0 AS DOUBLE)
                THEN CAST(0.0e0 AS DOUBLE)
                WHEN CAST("paid" AS DOUBLE) > CAST(9.5e0 AS DOUBLE)
                THEN CAST(9.5e0 AS DOUBLE)
                ELSE CAST("paid" AS DOUBLE)
              END
            END * CAST(10.0e0 AS DOUBLE) / CAST(1.0e0 AS DOUBLE)
          ) - CAST(1.0e0 AS DOUBLE)
        END
      ) * CAST(1.0e0 AS DOUBLE) / CAST(10.0e0 AS DOUBLE)
    END AS "made_2"
  FROM read_rows
), split_rows AS (
  SELECT
    *,
    CASE
      WHEN TRIM("unit", '-.0123456789') = ''
      AND (
        "unit" LIKE '%.0' OR SUBSTR("unit", 1, 1) = '-'
      )
      THEN CASE
        WHEN SUBSTR("unit", 1, 1) = '-'
        THEN SUBSTR(
          CASE
            WHEN "unit" LIKE '%.0'
            THEN SUBSTR("unit", 1, LENGTH("unit") - 2)
            ELSE "unit"
          END,
          2
        )
        ELSE CASE
          WHEN "unit" LIKE '%.0'
          THEN SUBSTR("unit", 1, LENGTH("unit") - 2)
          ELSE "unit"
        END
      END
    END AS "digits"
  FROM staged_rows_1
), coded_rows AS (
  SELECT
    CASE
      WHEN "unit" = ''
      THEN NULL
      WHEN (
        "digits" <> ''
        AND TRIM("digits", '0123456789') = ''
        AND (
          "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
        )
      )
      AND "unit" LIKE '%.0'
      AND (
        LENGTH("digits") > 16
        OR (
          LENGTH("digits") = 16 AND "digits" >= '9007199254740992'
        )
      )
      THEN NULL
      WHEN (
        "digits" <> ''
        AND TRIM("digits", '0123456789') = ''
        AND (
          "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
        )
      )
      AND "digits" = '0'
      THEN '0'
      WHEN "digits" <> ''
      AND TRIM("digits", '0123456789') = ''
      AND (
        "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
      )
      THEN CASE
        WHEN "unit" LIKE '%.0'
        THEN SUBSTR("unit", 1, LENGTH("unit") - 2)
        ELSE "unit"
      END
      WHEN TRIM("unit", '-0123456789abcdefABCDEF') = ''
      AND LENGTH("unit") = 36
      AND LENGTH(REPLACE("unit", '-', '')) = 32
      AND SUBSTR("unit", 9, 1) = '-'
      AND SUBSTR("unit", 14, 1) = '-'
      AND SUBSTR("unit", 19, 1) = '-'
      AND SUBSTR("unit", 24, 1) = '-'
      THEN LOWER("unit")
      ELSE "unit"
    END AS "unit",
    CASE WHEN "made_1" < "made_2" THEN 1 WHEN "made_1" = "made_2" THEN 2 ELSE 0 END AS "made_3"
  FROM split_rows
), numbered_rows AS (
  SELECT
    "made_3",
    ROW_NUMBER() OVER (
      PARTITION BY "unit"
      ORDER BY SHA2(
        CAST(:key AS VARCHAR) || '|' || "unit" || (
          '|' || CAST("made_3" AS VARCHAR)
        ),
        256
      ) NULLS FIRST
    ) AS "place"
  FROM coded_rows
  WHERE
    NOT "unit" IS NULL
), kept_rows AS (
  SELECT
    "made_3"
  FROM numbered_rows
  WHERE
    "place" <= 3
)
SELECT
  0 AS asked,
  cell,
  COUNT(*) AS many
FROM (
  SELECT
    "made_3" AS cell
  FROM kept_rows
) AS cells
WHERE
  NOT cell IS NULL
GROUP BY
  cell;

WITH read_rows AS (
  SELECT
    CAST("given"."city" AS VARCHAR) AS "city",
    TRIM(CAST("given"."person" AS VARCHAR), CAST(:id_blanks AS VARCHAR)) AS "unit"
  FROM "care"."visits" AS "given"
  WHERE
    CASE
      WHEN DATE_PART(EPOCH_MICROSECOND, "given"."seen") >= 1793491200000000
      AND DATE_PART(EPOCH_MICROSECOND, "given"."seen") < 1796083200000000
      THEN 1
      ELSE 0
    END = 1
), split_rows AS (
  SELECT
    *,
    CASE
      WHEN TRIM("unit", '-.0123456789') = ''
      AND (
        "unit" LIKE '%.0' OR SUBSTR("unit", 1, 1) = '-'
      )
      THEN CASE
        WHEN SUBSTR("unit", 1, 1) = '-'
        THEN SUBSTR(
          CASE
            WHEN "unit" LIKE '%.0'
            THEN SUBSTR("unit", 1, LENGTH("unit") - 2)
            ELSE "unit"
          END,
          2
        )
        ELSE CASE
          WHEN "unit" LIKE '%.0'
          THEN SUBSTR("unit", 1, LENGTH("unit") - 2)
          ELSE "unit"
        END
      END
    END AS "digits"
  FROM read_rows
), coded_rows AS (
  SELECT
    CASE
      WHEN "unit" = ''
      THEN NULL
      WHEN (
        "digits" <> ''
        AND TRIM("digits", '0123456789') = ''
        AND (
          "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
        )
      )
      AND "unit" LIKE '%.0'
      AND (
        LENGTH("digits") > 16
        OR (
          LENGTH("digits") = 16 AND "digits" >= '9007199254740992'
        )
      )
      THEN NULL
      WHEN (
        "digits" <> ''
        AND TRIM("digits", '0123456789') = ''
        AND (
          "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
        )
      )
      AND "digits" = '0'
      THEN '0'
      WHEN "digits" <> ''
      AND TRIM("digits", '0123456789') = ''
      AND (
        "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
      )
      THEN CASE
        WHEN "unit" LIKE '%.0'
        THEN SUBSTR("unit", 1, LENGTH("unit") - 2)
        ELSE "unit"
      END
      WHEN TRIM("unit", '-0123456789abcdefABCDEF') = ''
      AND LENGTH("unit") = 36
      AND LENGTH(REPLACE("unit", '-', '')) = 32
      AND SUBSTR("unit", 9, 1) = '-'
      AND SUBSTR("unit", 14, 1) = '-'
      AND SUBSTR("unit", 19, 1) = '-'
      AND SUBSTR("unit", 24, 1) = '-'
      THEN LOWER("unit")
      ELSE "unit"
    END AS "unit",
    CASE WHEN LENGTH("city") <= 256 THEN "city" END AS "city"
  FROM split_rows
), numbered_rows AS (
  SELECT
    "city",
    ROW_NUMBER() OVER (
      PARTITION BY "unit"
      ORDER BY SHA2(
        CAST(:key AS VARCHAR) || '|' || "unit" || (
          '|' || CASE WHEN "city" IS NULL THEN '-' ELSE SHA2("city", 256) END
        ),
        256
      ) NULLS FIRST
    ) AS "place"
  FROM coded_rows
  WHERE
    NOT "unit" IS NULL
), kept_rows AS (
  SELECT
    "city"
  FROM numbered_rows
  WHERE
    "place" <= 3
)
SELECT
  0 AS asked,
  cell,
  COUNT(*) AS many
FROM (
  SELECT
    "city" AS cell
  FROM kept_rows
) AS cells
WHERE
  NOT cell IS NULL
GROUP BY
  cell;

