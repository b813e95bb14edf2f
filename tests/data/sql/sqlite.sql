WITH read_rows AS (
  SELECT
    CASE WHEN TYPEOF("given"."age") = 'integer' THEN "given"."age" END AS "age",
    CASE
      WHEN TYPEOF("given"."paid") IN ('integer', 'real')
      THEN CAST("given"."paid" AS REAL)
    END AS "paid",
    CASE
      WHEN TYPEOF("given"."city") IN ('text', 'integer')
      THEN UTF8_OF(CAST("given"."city" AS BLOB))
    END AS "city",
    TRIM(
      CASE
        WHEN TYPEOF("given"."person") IN ('text', 'integer')
        THEN UTF8_OF(CAST("given"."person" AS BLOB))
      END,
      CAST(:id_blanks AS TEXT)
    ) AS "unit"
  FROM "care"."visits" AS "given"
), split_rows AS MATERIALIZED (
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
      WHEN CAST("age" AS REAL) BETWEEN DOUBLE_OF('-0x1.fffffffffffffp+1023') AND DOUBLE_OF('0x1.fffffffffffffp+1023')
      THEN CASE
        WHEN CAST("age" AS REAL) >= 18.0
        THEN CASE WHEN CAST("age" AS REAL) >= 65.0 THEN 2 ELSE 1 END
        ELSE CASE WHEN CAST("age" AS REAL) > 0.0 THEN 0 ELSE 3 END
      END
      ELSE 4
    END AS "age",
    CASE
      WHEN CAST("paid" AS REAL) BETWEEN DOUBLE_OF('-0x1.fffffffffffffp+1023') AND DOUBLE_OF('0x1.fffffffffffffp+1023')
      THEN 0
      ELSE 0
    END AS "paid",
    CASE
      WHEN "city" IS NULL OR TRIM("city", CAST(:blanks AS TEXT)) = ''
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
    END AS "city"
  FROM split_rows
), numbered_rows AS (
  SELECT
    "age",
    "paid",
    "city",
    ROW_NUMBER() OVER (
      PARTITION BY "unit"
      ORDER BY SHA256(
        CAST(CAST(:key AS TEXT) || '|' || "unit" || (
          '|' || CAST("age" AS TEXT)
        ) || (
          ',' || CAST("paid" AS TEXT) || (
            ',' || CAST("city" AS TEXT)
          )
        ) AS BLOB)
      )
    ) AS "place"
  FROM coded_rows
  WHERE
    NOT "unit" IS NULL
), kept_rows AS MATERIALIZED (
  SELECT
    "age",
    "paid",
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
    (
      CAST(CASE WHEN "age" >= 2 THEN CASE WHEN "age" >= 3 THEN 2 ELSE 1 END ELSE 0 END AS INTEGER)
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
    CASE WHEN TYPEOF("given"."age") = 'integer' THEN "given"."age" END AS "age",
    CASE
      WHEN TYPEOF("given"."paid") IN ('integer', 'real')
      THEN CAST("given"."paid" AS REAL)
    END AS "paid",
    TRIM(
      CASE
        WHEN TYPEOF("given"."person") IN ('text', 'integer')
        THEN UTF8_OF(CAST("given"."person" AS BLOB))
      END,
      CAST(:id_blanks AS TEXT)
    ) AS "unit"
  FROM "care"."visits" AS "given"
), staged_rows_1 AS MATERIALIZED (
  SELECT
    *,
    CASE
      WHEN CASE
        WHEN CAST("age" AS REAL) BETWEEN DOUBLE_OF('-0x1.fffffffffffffp+1023') AND DOUBLE_OF('0x1.fffffffffffffp+1023')
        THEN CASE WHEN CAST("age" AS REAL) > 0.0 THEN 1 ELSE 0 END
        ELSE 0
      END = 1
      THEN (
        CASE
          WHEN (
            FLOOR_OF(
              CASE
                WHEN CASE
                  WHEN CAST("age" AS REAL) < 0.0
                  THEN 0.0
                  WHEN CAST("age" AS REAL) > 99.0
                  THEN 99.0
                  ELSE CAST("age" AS REAL)
                END < DOUBLE_OF('0x1.87e92154ef7acp-665')
                AND CASE
                  WHEN CAST("age" AS REAL) < 0.0
                  THEN 0.0
                  WHEN CAST("age" AS REAL) > 99.0
                  THEN 99.0
                  ELSE CAST("age" AS REAL)
                END >= 0.0
                THEN 0.0
                WHEN CASE
                  WHEN CAST("age" AS REAL) < 0.0
                  THEN 0.0
                  WHEN CAST("age" AS REAL) > 99.0
                  THEN 99.0
                  ELSE CAST("age" AS REAL)
                END < 0.0
                AND CASE
                  WHEN CAST("age" AS REAL) < 0.0
                  THEN 0.0
                  WHEN CAST("age" AS REAL) > 99.0
                  THEN 99.0
                  ELSE CAST("age" AS REAL)
                END > DOUBLE_OF('-0x1.87e92154ef7acp-665')
                THEN DOUBLE_OF('-0x1.87e92154ef7acp-665')
                ELSE CASE
                  WHEN CAST("age" AS REAL) < 0.0
                  THEN 0.0
                  WHEN CAST("age" AS REAL) > 99.0
                  THEN 99.0
                  ELSE CAST("age" AS REAL)
                END
              END * 1.0 / 1.0
            ) + 1.0
          ) * 1.0 / 1.0 <= CASE
            WHEN CAST("age" AS REAL) < 0.0
            THEN 0.0
            WHEN CAST("age" AS REAL) > 99.0
            THEN 99.0
            ELSE CAST("age" AS REAL)
          END
          THEN FLOOR_OF(
            CASE
              WHEN CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END < DOUBLE_OF('0x1.87e92154ef7acp-665')
              AND CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END >= 0.0
              THEN 0.0
              WHEN CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END < 0.0
              AND CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END > DOUBLE_OF('-0x1.87e92154ef7acp-665')
              THEN DOUBLE_OF('-0x1.87e92154ef7acp-665')
              ELSE CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END
            END * 1.0 / 1.0
          ) + 1.0
          WHEN FLOOR_OF(
            CASE
              WHEN CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END < DOUBLE_OF('0x1.87e92154ef7acp-665')
              AND CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END >= 0.0
              THEN 0.0
              WHEN CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END < 0.0
              AND CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END > DOUBLE_OF('-0x1.87e92154ef7acp-665')
              THEN DOUBLE_OF('-0x1.87e92154ef7acp-665')
              ELSE CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END
            END * 1.0 / 1.0
          ) * 1.0 / 1.0 <= CASE
            WHEN CAST("age" AS REAL) < 0.0
            THEN 0.0
            WHEN CAST("age" AS REAL) > 99.0
            THEN 99.0
            ELSE CAST("age" AS REAL)
          END
          THEN FLOOR_OF(
            CASE
              WHEN CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END < DOUBLE_OF('0x1.87e92154ef7acp-665')
              AND CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END >= 0.0
              THEN 0.0
              WHEN CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END < 0.0
              AND CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END > DOUBLE_OF('-0x1.87e92154ef7acp-665')
              THEN DOUBLE_OF('-0x1.87e92154ef7acp-665')
              ELSE CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END
            END * 1.0 / 1.0
          )
          ELSE FLOOR_OF(
            CASE
              WHEN CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END < DOUBLE_OF('0x1.87e92154ef7acp-665')
              AND CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END >= 0.0
              THEN 0.0
              WHEN CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END < 0.0
              AND CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END > DOUBLE_OF('-0x1.87e92154ef7acp-665')
              THEN DOUBLE_OF('-0x1.87e92154ef7acp-665')
              ELSE CASE
                WHEN CAST("age" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("age" AS REAL) > 99.0
                THEN 99.0
                ELSE CAST("age" AS REAL)
              END
            END * 1.0 / 1.0
          ) - 1.0
        END
      ) * 1.0 / 1.0
    END AS "made_1",
    CASE
      WHEN CASE
        WHEN CAST("paid" AS REAL) BETWEEN DOUBLE_OF('-0x1.fffffffffffffp+1023') AND DOUBLE_OF('0x1.fffffffffffffp+1023')
        THEN 1
        ELSE 0
      END = 1
      THEN (
        CASE
          WHEN (
            FLOOR_OF(
              CASE
                WHEN CASE
                  WHEN CAST("paid" AS REAL) < 0.0
                  THEN 0.0
                  WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                  THEN DOUBLE_OF('0x1.3000000000000p+3')
                  ELSE CAST("paid" AS REAL)
                END < DOUBLE_OF('0x1.87e92154ef7acp-665')
                AND CASE
                  WHEN CAST("paid" AS REAL) < 0.0
                  THEN 0.0
                  WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                  THEN DOUBLE_OF('0x1.3000000000000p+3')
                  ELSE CAST("paid" AS REAL)
                END >= 0.0
                THEN 0.0
                WHEN CASE
                  WHEN CAST("paid" AS REAL) < 0.0
                  THEN 0.0
                  WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                  THEN DOUBLE_OF('0x1.3000000000000p+3')
                  ELSE CAST("paid" AS REAL)
                END < 0.0
                AND CASE
                  WHEN CAST("paid" AS REAL) < 0.0
                  THEN 0.0
                  WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                  THEN DOUBLE_OF('0x1.3000000000000p+3')
                  ELSE CAST("paid" AS REAL)
                END > DOUBLE_OF('-0x1.87e92154ef7acp-665')
                THEN DOUBLE_OF('-0x1.87e92154ef7acp-665')
                ELSE CASE
                  WHEN CAST("paid" AS REAL) < 0.0
                  THEN 0.0
                  WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                  THEN DOUBLE_OF('0x1.3000000000000p+3')
                  ELSE CAST("paid" AS REAL)
                END
              END * 10.0 / 1.0
            ) + 1.0
          ) * 1.0 / 10.0 <= CASE
            WHEN CAST("paid" AS REAL) < 0.0
            THEN 0.0
            WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
            THEN DOUBLE_OF('0x1.3000000000000p+3')
            ELSE CAST("paid" AS REAL)
          END
          THEN FLOOR_OF(
            CASE
              WHEN CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END < DOUBLE_OF('0x1.87e92154ef7acp-665')
              AND CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END >= 0.0
              THEN 0.0
              WHEN CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END < 0.0
              AND CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END > DOUBLE_OF('-0x1.87e92154ef7acp-665')
              THEN DOUBLE_OF('-0x1.87e92154ef7acp-665')
              ELSE CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END
            END * 10.0 / 1.0
          ) + 1.0
          WHEN FLOOR_OF(
            CASE
              WHEN CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END < DOUBLE_OF('0x1.87e92154ef7acp-665')
              AND CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END >= 0.0
              THEN 0.0
              WHEN CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END < 0.0
              AND CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END > DOUBLE_OF('-0x1.87e92154ef7acp-665')
              THEN DOUBLE_OF('-0x1.87e92154ef7acp-665')
              ELSE CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END
            END * 10.0 / 1.0
          ) * 1.0 / 10.0 <= CASE
            WHEN CAST("paid" AS REAL) < 0.0
            THEN 0.0
            WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
            THEN DOUBLE_OF('0x1.3000000000000p+3')
            ELSE CAST("paid" AS REAL)
          END
          THEN FLOOR_OF(
            CASE
              WHEN CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END < DOUBLE_OF('0x1.87e92154ef7acp-665')
              AND CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END >= 0.0
              THEN 0.0
              WHEN CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END < 0.0
              AND CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END > DOUBLE_OF('-0x1.87e92154ef7acp-665')
              THEN DOUBLE_OF('-0x1.87e92154ef7acp-665')
              ELSE CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END
            END * 10.0 / 1.0
          )
          ELSE FLOOR_OF(
            CASE
              WHEN CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END < DOUBLE_OF('0x1.87e92154ef7acp-665')
              AND CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END >= 0.0
              THEN 0.0
              WHEN CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END < 0.0
              AND CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END > DOUBLE_OF('-0x1.87e92154ef7acp-665')
              THEN DOUBLE_OF('-0x1.87e92154ef7acp-665')
              ELSE CASE
                WHEN CAST("paid" AS REAL) < 0.0
                THEN 0.0
                WHEN CAST("paid" AS REAL) > DOUBLE_OF('0x1.3000000000000p+3')
                THEN DOUBLE_OF('0x1.3000000000000p+3')
                ELSE CAST("paid" AS REAL)
              END
            END * 10.0 / 1.0
          ) - 1.0
        END
      ) * 1.0 / 10.0
    END AS "made_2"
  FROM read_rows
), split_rows AS MATERIALIZED (
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
      ORDER BY SHA256(
        CAST(CAST(:key AS TEXT) || '|' || "unit" || (
          '|' || CAST("made_3" AS TEXT)
        ) AS BLOB)
      )
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
    CASE
      WHEN TYPEOF("given"."city") IN ('text', 'integer')
      THEN UTF8_OF(CAST("given"."city" AS BLOB))
    END AS "city",
    TRIM(
      CASE
        WHEN TYPEOF("given"."person") IN ('text', 'integer')
        THEN UTF8_OF(CAST("given"."person" AS BLOB))
      END,
      CAST(:id_blanks AS TEXT)
    ) AS "unit"
  FROM "care"."visits" AS "given"
), split_rows AS MATERIALIZED (
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
      ORDER BY SHA256(
        CAST(CAST(:key AS TEXT) || '|' || "unit" || (
          '|' || CASE WHEN "city" IS NULL THEN '-' ELSE SHA256(CAST("city" AS BLOB)) END
        ) AS BLOB)
      )
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

