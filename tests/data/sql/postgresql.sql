WITH read_rows AS (
  SELECT
    CASE
      WHEN CAST("given"."age" AS DECIMAL) BETWEEN -9223372036854775808 AND 9223372036854775807
      THEN CAST("given"."age" AS BIGINT)
    END AS "age",
    CASE
      WHEN ABS("given"."paid") > 1.7976931348623157e308
      THEN NULL
      WHEN ABS("given"."paid") < 4.9406564584124654e-324
      THEN 0
      ELSE CAST("given"."paid" AS DOUBLE PRECISION)
    END AS "paid",
    CAST("given"."city" AS TEXT) COLLATE "C" AS "city",
    CASE
      WHEN ISFINITE("given"."seen") AND "given"."seen" < CAST('294247-01-01' AS TIMESTAMP)
      THEN CAST(EXTRACT(EPOCH FROM "given"."seen") * 1000000 AS BIGINT)
    END AS "seen",
    TRIM(CAST(%(id_blanks)s AS TEXT) FROM CAST("given"."person" AS TEXT) COLLATE "C") AS "unit"
  FROM "care"."visits" AS "given"
  WHERE
    CASE
      WHEN CASE
        WHEN ISFINITE("given"."seen") AND "given"."seen" < CAST('294247-01-01' AS TIMESTAMP)
        THEN CAST(EXTRACT(EPOCH FROM "given"."seen") * 1000000 AS BIGINT)
      END >= 1793491200000000
      AND CASE
        WHEN ISFINITE("given"."seen") AND "given"."seen" < CAST('294247-01-01' AS TIMESTAMP)
        THEN CAST(EXTRACT(EPOCH FROM "given"."seen") * 1000000 AS BIGINT)
      END < 1796083200000000
      THEN 1
      ELSE 0
    END = 1
), split_rows AS MATERIALIZED (
  SELECT
    *,
    CASE
      WHEN TRIM('-.0123456789' FROM "unit") = ''
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
        AND TRIM('0123456789' FROM "digits") = ''
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
        AND TRIM('0123456789' FROM "digits") = ''
        AND (
          "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
        )
      )
      AND "digits" = '0'
      THEN '0'
      WHEN "digits" <> ''
      AND TRIM('0123456789' FROM "digits") = ''
      AND (
        "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
      )
      THEN CASE
        WHEN "unit" LIKE '%.0'
        THEN SUBSTR("unit", 1, LENGTH("unit") - 2)
        ELSE "unit"
      END
      WHEN TRIM('-0123456789abcdefABCDEF' FROM "unit") = ''
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
      WHEN CAST("age" AS DOUBLE PRECISION) BETWEEN CAST(-1.7976931348623157E+308 AS DOUBLE PRECISION) AND CAST(1.7976931348623157e+308 AS DOUBLE PRECISION)
      THEN CASE
        WHEN CAST("age" AS DOUBLE PRECISION) >= CAST(18.0e0 AS DOUBLE PRECISION)
        THEN CASE
          WHEN CAST("age" AS DOUBLE PRECISION) >= CAST(65.0e0 AS DOUBLE PRECISION)
          THEN 2
          ELSE 1
        END
        ELSE CASE
          WHEN CAST("age" AS DOUBLE PRECISION) > CAST(0.0e0 AS DOUBLE PRECISION)
          THEN 0
          ELSE 3
        END
      END
      ELSE 4
    END AS "age",
    CASE
      WHEN CAST("paid" AS DOUBLE PRECISION) BETWEEN CAST(-1.7976931348623157E+308 AS DOUBLE PRECISION) AND CAST(1.7976931348623157e+308 AS DOUBLE PRECISION)
      THEN 0
      ELSE 0
    END AS "paid",
    CASE
      WHEN "city" IS NULL OR TRIM(CAST(%(blanks)s AS TEXT) FROM "city") = ''
      THEN 2
      WHEN "city" = 'NA'
      THEN 2
      WHEN "city" = 'x'
      THEN 0
      WHEN "city" = 'y''s'
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
      ORDER BY ENCODE(
        SHA256(
          CONVERT_TO(
            CAST(%(key)s AS TEXT) || '|' || "unit" || (
              '|' || CAST("age" AS TEXT) || ','
            ) || (
              CAST("paid" AS TEXT) || ',' || CAST("city" AS TEXT) || (
                ',' || CAST("seen" AS TEXT)
              )
            ),
            'UTF8'
          )
        ),
        'hex'
      ) COLLATE "C" NULLS FIRST
    ) AS "place"
  FROM coded_rows
  WHERE
    NOT "unit" IS NULL
), kept_rows AS MATERIALIZED (
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
      WHEN CAST("given"."age" AS DECIMAL) BETWEEN -9223372036854775808 AND 9223372036854775807
      THEN CAST("given"."age" AS BIGINT)
    END AS "age",
    CASE
      WHEN ABS("given"."paid") > 1.7976931348623157e308
      THEN NULL
      WHEN ABS("given"."paid") < 4.9406564584124654e-324
      THEN 0
      ELSE CAST("given"."paid" AS DOUBLE PRECISION)
    END AS "paid",
    TRIM(CAST(%(id_blanks)s AS TEXT) FROM CAST("given"."person" AS TEXT) COLLATE "C") AS "unit"
  FROM "care"."visits" AS "given"
  WHERE
    CASE
      WHEN CASE
        WHEN ISFINITE("given"."seen") AND "given"."seen" < CAST('294247-01-01' AS TIMESTAMP)
        THEN CAST(EXTRACT(EPOCH FROM "given"."seen") * 1000000 AS BIGINT)
      END >= 1793491200000000
      AND CASE
        WHEN ISFINITE("given"."seen") AND "given"."seen" < CAST('294247-01-01' AS TIMESTAMP)
        THEN CAST(EXTRACT(EPOCH FROM "given"."seen") * 1000000 AS BIGINT)
      END < 1796083200000000
      THEN 1
      ELSE 0
    END = 1
), staged_rows_1 AS MATERIALIZED (
  SELECT
    *,
    CASE
      WHEN CASE
        WHEN CAST("age" AS DOUBLE PRECISION) BETWEEN CAST(-1.7976931348623157E+308 AS DOUBLE PRECISION) AND CAST(1.7976931348623157e+308 AS DOUBLE PRECISION)
        THEN CASE
          WHEN CAST("age" AS DOUBLE PRECISION) > CAST(0.0e0 AS DOUBLE PRECISION)
          THEN 1
          ELSE 0
        END
        ELSE 0
      END = 1
      THEN (
        CASE
          WHEN (
            FLOOR(
              CASE
                WHEN CASE
                  WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                  THEN CAST(0.0e0 AS DOUBLE PRECISION)
                  WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                  THEN CAST(99.0e0 AS DOUBLE PRECISION)
                  ELSE CAST("age" AS DOUBLE PRECISION)
                END < CAST(1e-200 AS DOUBLE PRECISION)
                AND CASE
                  WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                  THEN CAST(0.0e0 AS DOUBLE PRECISION)
                  WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                  THEN CAST(99.0e0 AS DOUBLE PRECISION)
                  ELSE CAST("age" AS DOUBLE PRECISION)
                END >= CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CASE
                  WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                  THEN CAST(0.0e0 AS DOUBLE PRECISION)
                  WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                  THEN CAST(99.0e0 AS DOUBLE PRECISION)
                  ELSE CAST("age" AS DOUBLE PRECISION)
                END < CAST(0.0e0 AS DOUBLE PRECISION)
                AND CASE
                  WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                  THEN CAST(0.0e0 AS DOUBLE PRECISION)
                  WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                  THEN CAST(99.0e0 AS DOUBLE PRECISION)
                  ELSE CAST("age" AS DOUBLE PRECISION)
                END > CAST(-1E-200 AS DOUBLE PRECISION)
                THEN CAST(-1E-200 AS DOUBLE PRECISION)
                ELSE CASE
                  WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                  THEN CAST(0.0e0 AS DOUBLE PRECISION)
                  WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                  THEN CAST(99.0e0 AS DOUBLE PRECISION)
                  ELSE CAST("age" AS DOUBLE PRECISION)
                END
              END * CAST(1.0e0 AS DOUBLE PRECISION) / CAST(1.0e0 AS DOUBLE PRECISION)
            ) + CAST(1.0e0 AS DOUBLE PRECISION)
          ) * CAST(1.0e0 AS DOUBLE PRECISION) / CAST(1.0e0 AS DOUBLE PRECISION) <= CASE
            WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
            THEN CAST(0.0e0 AS DOUBLE PRECISION)
            WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
            THEN CAST(99.0e0 AS DOUBLE PRECISION)
            ELSE CAST("age" AS DOUBLE PRECISION)
          END
          THEN FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END < CAST(1e-200 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END >= CAST(0.0e0 AS DOUBLE PRECISION)
              THEN CAST(0.0e0 AS DOUBLE PRECISION)
              WHEN CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END < CAST(0.0e0 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END > CAST(-1E-200 AS DOUBLE PRECISION)
              THEN CAST(-1E-200 AS DOUBLE PRECISION)
              ELSE CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END
            END * CAST(1.0e0 AS DOUBLE PRECISION) / CAST(1.0e0 AS DOUBLE PRECISION)
          ) + CAST(1.0e0 AS DOUBLE PRECISION)
          WHEN FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END < CAST(1e-200 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END >= CAST(0.0e0 AS DOUBLE PRECISION)
              THEN CAST(0.0e0 AS DOUBLE PRECISION)
              WHEN CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END < CAST(0.0e0 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END > CAST(-1E-200 AS DOUBLE PRECISION)
              THEN CAST(-1E-200 AS DOUBLE PRECISION)
              ELSE CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END
            END * CAST(1.0e0 AS DOUBLE PRECISION) / CAST(1.0e0 AS DOUBLE PRECISION)
          ) * CAST(1.0e0 AS DOUBLE PRECISION) / CAST(1.0e0 AS DOUBLE PRECISION) <= CASE
            WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
            THEN CAST(0.0e0 AS DOUBLE PRECISION)
            WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
            THEN CAST(99.0e0 AS DOUBLE PRECISION)
            ELSE CAST("age" AS DOUBLE PRECISION)
          END
          THEN FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END < CAST(1e-200 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END >= CAST(0.0e0 AS DOUBLE PRECISION)
              THEN CAST(0.0e0 AS DOUBLE PRECISION)
              WHEN CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END < CAST(0.0e0 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END > CAST(-1E-200 AS DOUBLE PRECISION)
              THEN CAST(-1E-200 AS DOUBLE PRECISION)
              ELSE CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END
            END * CAST(1.0e0 AS DOUBLE PRECISION) / CAST(1.0e0 AS DOUBLE PRECISION)
          )
          ELSE FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END < CAST(1e-200 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END >= CAST(0.0e0 AS DOUBLE PRECISION)
              THEN CAST(0.0e0 AS DOUBLE PRECISION)
              WHEN CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END < CAST(0.0e0 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END > CAST(-1E-200 AS DOUBLE PRECISION)
              THEN CAST(-1E-200 AS DOUBLE PRECISION)
              ELSE CASE
                WHEN CAST("age" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("age" AS DOUBLE PRECISION) > CAST(99.0e0 AS DOUBLE PRECISION)
                THEN CAST(99.0e0 AS DOUBLE PRECISION)
                ELSE CAST("age" AS DOUBLE PRECISION)
              END
            END * CAST(1.0e0 AS DOUBLE PRECISION) / CAST(1.0e0 AS DOUBLE PRECISION)
          ) - CAST(1.0e0 AS DOUBLE PRECISION)
        END
      ) * CAST(1.0e0 AS DOUBLE PRECISION) / CAST(1.0e0 AS DOUBLE PRECISION)
    END AS "made_1",
    CASE
      WHEN CASE
        WHEN CAST("paid" AS DOUBLE PRECISION) BETWEEN CAST(-1.7976931348623157E+308 AS DOUBLE PRECISION) AND CAST(1.7976931348623157e+308 AS DOUBLE PRECISION)
        THEN 1
        ELSE 0
      END = 1
      THEN (
        CASE
          WHEN (
            FLOOR(
              CASE
                WHEN CASE
                  WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                  THEN CAST(0.0e0 AS DOUBLE PRECISION)
                  WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                  THEN CAST(9.5e0 AS DOUBLE PRECISION)
                  ELSE CAST("paid" AS DOUBLE PRECISION)
                END < CAST(1e-200 AS DOUBLE PRECISION)
                AND CASE
                  WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                  THEN CAST(0.0e0 AS DOUBLE PRECISION)
                  WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                  THEN CAST(9.5e0 AS DOUBLE PRECISION)
                  ELSE CAST("paid" AS DOUBLE PRECISION)
                END >= CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CASE
                  WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                  THEN CAST(0.0e0 AS DOUBLE PRECISION)
                  WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                  THEN CAST(9.5e0 AS DOUBLE PRECISION)
                  ELSE CAST("paid" AS DOUBLE PRECISION)
                END < CAST(0.0e0 AS DOUBLE PRECISION)
                AND CASE
                  WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                  THEN CAST(0.0e0 AS DOUBLE PRECISION)
                  WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                  THEN CAST(9.5e0 AS DOUBLE PRECISION)
                  ELSE CAST("paid" AS DOUBLE PRECISION)
                END > CAST(-1E-200 AS DOUBLE PRECISION)
                THEN CAST(-1E-200 AS DOUBLE PRECISION)
                ELSE CASE
                  WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                  THEN CAST(0.0e0 AS DOUBLE PRECISION)
                  WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                  THEN CAST(9.5e0 AS DOUBLE PRECISION)
                  ELSE CAST("paid" AS DOUBLE PRECISION)
                END
              END * CAST(10.0e0 AS DOUBLE PRECISION) / CAST(1.0e0 AS DOUBLE PRECISION)
            ) + CAST(1.0e0 AS DOUBLE PRECISION)
          ) * CAST(1.0e0 AS DOUBLE PRECISION) / CAST(10.0e0 AS DOUBLE PRECISION) <= CASE
            WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
            THEN CAST(0.0e0 AS DOUBLE PRECISION)
            WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
            THEN CAST(9.5e0 AS DOUBLE PRECISION)
            ELSE CAST("paid" AS DOUBLE PRECISION)
          END
          THEN FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END < CAST(1e-200 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END >= CAST(0.0e0 AS DOUBLE PRECISION)
              THEN CAST(0.0e0 AS DOUBLE PRECISION)
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END < CAST(0.0e0 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END > CAST(-1E-200 AS DOUBLE PRECISION)
              THEN CAST(-1E-200 AS DOUBLE PRECISION)
              ELSE CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END
            END * CAST(10.0e0 AS DOUBLE PRECISION) / CAST(1.0e0 AS DOUBLE PRECISION)
          ) + CAST(1.0e0 AS DOUBLE PRECISION)
          WHEN FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END < CAST(1e-200 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END >= CAST(0.0e0 AS DOUBLE PRECISION)
              THEN CAST(0.0e0 AS DOUBLE PRECISION)
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END < CAST(0.0e0 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END > CAST(-1E-200 AS DOUBLE PRECISION)
              THEN CAST(-1E-200 AS DOUBLE PRECISION)
              ELSE CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END
            END * CAST(10.0e0 AS DOUBLE PRECISION) / CAST(1.0e0 AS DOUBLE PRECISION)
          ) * CAST(1.0e0 AS DOUBLE PRECISION) / CAST(10.0e0 AS DOUBLE PRECISION) <= CASE
            WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
            THEN CAST(0.0e0 AS DOUBLE PRECISION)
            WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
            THEN CAST(9.5e0 AS DOUBLE PRECISION)
            ELSE CAST("paid" AS DOUBLE PRECISION)
          END
          THEN FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END < CAST(1e-200 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END >= CAST(0.0e0 AS DOUBLE PRECISION)
              THEN CAST(0.0e0 AS DOUBLE PRECISION)
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END < CAST(0.0e0 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END > CAST(-1E-200 AS DOUBLE PRECISION)
              THEN CAST(-1E-200 AS DOUBLE PRECISION)
              ELSE CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END
            END * CAST(10.0e0 AS DOUBLE PRECISION) / CAST(1.0e0 AS DOUBLE PRECISION)
          )
          ELSE FLOOR(
            CASE
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END < CAST(1e-200 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END >= CAST(0.0e0 AS DOUBLE PRECISION)
              THEN CAST(0.0e0 AS DOUBLE PRECISION)
              WHEN CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END < CAST(0.0e0 AS DOUBLE PRECISION)
              AND CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END > CAST(-1E-200 AS DOUBLE PRECISION)
              THEN CAST(-1E-200 AS DOUBLE PRECISION)
              ELSE CASE
                WHEN CAST("paid" AS DOUBLE PRECISION) < CAST(0.0e0 AS DOUBLE PRECISION)
                THEN CAST(0.0e0 AS DOUBLE PRECISION)
                WHEN CAST("paid" AS DOUBLE PRECISION) > CAST(9.5e0 AS DOUBLE PRECISION)
                THEN CAST(9.5e0 AS DOUBLE PRECISION)
                ELSE CAST("paid" AS DOUBLE PRECISION)
              END
            END * CAST(10.0e0 AS DOUBLE PRECISION) / CAST(1.0e0 AS DOUBLE PRECISION)
          ) - CAST(1.0e0 AS DOUBLE PRECISION)
        END
      ) * CAST(1.0e0 AS DOUBLE PRECISION) / CAST(10.0e0 AS DOUBLE PRECISION)
    END AS "made_2"
  FROM read_rows
), split_rows AS MATERIALIZED (
  SELECT
    *,
    CASE
      WHEN TRIM('-.0123456789' FROM "unit") = ''
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
        AND TRIM('0123456789' FROM "digits") = ''
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
        AND TRIM('0123456789' FROM "digits") = ''
        AND (
          "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
        )
      )
      AND "digits" = '0'
      THEN '0'
      WHEN "digits" <> ''
      AND TRIM('0123456789' FROM "digits") = ''
      AND (
        "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
      )
      THEN CASE
        WHEN "unit" LIKE '%.0'
        THEN SUBSTR("unit", 1, LENGTH("unit") - 2)
        ELSE "unit"
      END
      WHEN TRIM('-0123456789abcdefABCDEF' FROM "unit") = ''
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
      ORDER BY ENCODE(
        SHA256(
          CONVERT_TO(
            CAST(%(key)s AS TEXT) || '|' || "unit" || (
              '|' || CAST("made_3" AS TEXT)
            ),
            'UTF8'
          )
        ),
        'hex'
      ) COLLATE "C" NULLS FIRST
    ) AS "place"
  FROM coded_rows
  WHERE
    NOT "unit" IS NULL
), kept_rows AS MATERIALIZED (
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
    CAST("given"."city" AS TEXT) COLLATE "C" AS "city",
    TRIM(CAST(%(id_blanks)s AS TEXT) FROM CAST("given"."person" AS TEXT) COLLATE "C") AS "unit"
  FROM "care"."visits" AS "given"
  WHERE
    CASE
      WHEN CASE
        WHEN ISFINITE("given"."seen") AND "given"."seen" < CAST('294247-01-01' AS TIMESTAMP)
        THEN CAST(EXTRACT(EPOCH FROM "given"."seen") * 1000000 AS BIGINT)
      END >= 1793491200000000
      AND CASE
        WHEN ISFINITE("given"."seen") AND "given"."seen" < CAST('294247-01-01' AS TIMESTAMP)
        THEN CAST(EXTRACT(EPOCH FROM "given"."seen") * 1000000 AS BIGINT)
      END < 1796083200000000
      THEN 1
      ELSE 0
    END = 1
), split_rows AS MATERIALIZED (
  SELECT
    *,
    CASE
      WHEN TRIM('-.0123456789' FROM "unit") = ''
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
        AND TRIM('0123456789' FROM "digits") = ''
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
        AND TRIM('0123456789' FROM "digits") = ''
        AND (
          "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
        )
      )
      AND "digits" = '0'
      THEN '0'
      WHEN "digits" <> ''
      AND TRIM('0123456789' FROM "digits") = ''
      AND (
        "digits" = '0' OR SUBSTR("digits", 1, 1) <> '0'
      )
      THEN CASE
        WHEN "unit" LIKE '%.0'
        THEN SUBSTR("unit", 1, LENGTH("unit") - 2)
        ELSE "unit"
      END
      WHEN TRIM('-0123456789abcdefABCDEF' FROM "unit") = ''
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
      ORDER BY ENCODE(
        SHA256(
          CONVERT_TO(
            CAST(%(key)s AS TEXT) || '|' || "unit" || (
              '|' || CASE
                WHEN "city" IS NULL
                THEN '-'
                ELSE ENCODE(SHA256(CONVERT_TO("city", 'UTF8')), 'hex') COLLATE "C"
              END
            ),
            'UTF8'
          )
        ),
        'hex'
      ) COLLATE "C" NULLS FIRST
    ) AS "place"
  FROM coded_rows
  WHERE
    NOT "unit" IS NULL
), kept_rows AS MATERIALIZED (
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

