"""Triggers of format 3: an account may be split into two parts, and a reservation may be charged to one of them.

The part follows from the request: it is the one that the request names if the request names the
account's own split, and otherwise all units are charged. What a part was charged adds up in that
part; the account pays the larger part beside what all units were charged.

A curator reads exact figures only of an account that an officer marked and nobody closed.
"""

# ruff: noqa: S608 -- fixed texts: nothing but constants of this module is put into them

__all__ = ["POSTGRESQL", "SQLITE"]

_OFFICERS = (
    "'ACCOUNT_OPENED', 'CAP_SET', 'ACCOUNT_CLOSED', 'SPLIT_SET', 'SOURCE_ADDED', 'SOURCE_MOVED', 'VERSION_SET', "
    "'CURATED', 'CURATOR_READ'"
)
_ENGINEERS = "'RESERVED', 'OPENED', 'RESUMED', 'REDEEMED', 'INTENT', 'ANSWER', 'SETTLED', 'CANCELLED'"
_OWNERS = "'MIGRATED', 'CORRECTED'"
_KEPT = ("splits", "split_keys", "parts")
_FIXED = ("splits", "split_keys")
_LOSSES = ("spent_nano_rho", "spent_atto_delta", "reserved_nano_rho", "reserved_atto_delta")


def _within(unit: str) -> str:
    """Compare what account ``a`` pays with its cap, in one unit."""
    larger = f"coalesce((SELECT max(spent_{unit} + reserved_{unit}) FROM parts WHERE account = a.name), 0)"
    return f"a.spent_{unit} + a.reserved_{unit} + {larger} <= a.cap_{unit}"


_CURATED = """(EXISTS (SELECT 1 FROM entries WHERE account = NEW.account AND kind = 'CURATED')
               AND EXISTS (SELECT 1 FROM accounts WHERE name = NEW.account AND NOT closed))"""

SQLITE = (
    "DROP TRIGGER reservation_is_held",
    "DROP TRIGGER reservation_is_charged",
    "DROP TRIGGER entry_is_linked",
    """CREATE TRIGGER reservation_names_its_part BEFORE INSERT ON reservations BEGIN
         SELECT RAISE(ABORT, 'the part follows from the split that was asked for')
          WHERE NEW.part IS NOT (SELECT json_extract(NEW.request, '$.part') FROM splits
                                  WHERE account = NEW.account AND digest = json_extract(NEW.request, '$.split'));
       END""",
    f"""CREATE TRIGGER reservation_is_held AFTER INSERT ON reservations BEGIN
         SELECT RAISE(ABORT, 'a reservation starts as RESERVED') WHERE NEW.state <> 'RESERVED' OR NEW.fence <> 0;
         UPDATE accounts SET reserved_nano_rho = reserved_nano_rho + NEW.nano_rho,
                             reserved_atto_delta = reserved_atto_delta + NEW.atto_delta
          WHERE name = NEW.account AND NEW.part IS NULL;
         UPDATE parts SET reserved_nano_rho = reserved_nano_rho + NEW.nano_rho,
                          reserved_atto_delta = reserved_atto_delta + NEW.atto_delta
          WHERE account = NEW.account AND part = NEW.part;
         SELECT RAISE(ABORT, 'the cap does not cover the reservation')
          WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.name = NEW.account AND NOT a.closed
                               AND {_within("nano_rho")} AND {_within("atto_delta")});
       END""",
    """CREATE TRIGGER reservation_is_charged AFTER UPDATE OF state ON reservations
       WHEN OLD.state = 'RESERVED' AND NEW.state <> 'RESERVED' BEGIN
         UPDATE accounts SET reserved_nano_rho = reserved_nano_rho - OLD.nano_rho,
                             reserved_atto_delta = reserved_atto_delta - OLD.atto_delta,
                             spent_nano_rho = spent_nano_rho + (NEW.state = 'OPENED') * OLD.nano_rho,
                             spent_atto_delta = spent_atto_delta + (NEW.state = 'OPENED') * OLD.atto_delta
          WHERE name = OLD.account AND OLD.part IS NULL;
         UPDATE parts SET reserved_nano_rho = reserved_nano_rho - OLD.nano_rho,
                          reserved_atto_delta = reserved_atto_delta - OLD.atto_delta,
                          spent_nano_rho = spent_nano_rho + (NEW.state = 'OPENED') * OLD.nano_rho,
                          spent_atto_delta = spent_atto_delta + (NEW.state = 'OPENED') * OLD.atto_delta
          WHERE account = OLD.account AND part = OLD.part;
       END""",
    f"""CREATE TRIGGER entry_is_linked BEFORE INSERT ON entries BEGIN
          SELECT RAISE(ABORT, 'an entry has the format of its ledger') WHERE NEW.format <> 2 OR NEW.salt IS NULL;
          SELECT RAISE(ABORT, 'an entry follows the one before')
            FROM ledger WHERE NEW.seq <> seq + 1 OR NEW.previous <> hash OR NEW.time < time;
          SELECT RAISE(ABORT, 'an entry carries the tag of its account')
           WHERE NEW.tag IS NULL
              OR NEW.tag <> coalesce((SELECT tag FROM accounts WHERE name = NEW.account), '');
          SELECT RAISE(ABORT, 'an entry is of a kind that is known')
           WHERE NEW.kind NOT IN ({_OFFICERS}, {_ENGINEERS}, {_OWNERS});
          SELECT RAISE(ABORT, 'an account is open to curators once it is marked')
           WHERE NEW.kind = 'CURATOR_READ' AND NOT {_CURATED};
        END""",
    """CREATE TRIGGER part_is_kept BEFORE UPDATE OF part ON reservations WHEN NEW.part IS NOT OLD.part BEGIN
         SELECT RAISE(ABORT, 'a reservation keeps its part'); END""",
    """CREATE TRIGGER part_starts_empty BEFORE INSERT ON parts BEGIN
         SELECT RAISE(ABORT, 'a part starts empty')
          WHERE NEW.spent_nano_rho + NEW.spent_atto_delta + NEW.reserved_nano_rho + NEW.reserved_atto_delta <> 0;
       END""",
    *(
        f"""CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} BEGIN
              SELECT RAISE(ABORT, '{table} are only ever added'); END"""
        for table in _FIXED
    ),
    *(
        f"""CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} BEGIN
              SELECT RAISE(ABORT, '{table} are only ever added'); END"""
        for table in _KEPT
    ),
)

# Each function sees the tables of the schema it was made in, and no temporary table of a caller before them.
_FUNCTION = "LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT"
_LATEST = "to_char((clock_timestamp() + interval '1 minute') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
_OLD, _NEW = (", ".join(f"{row}.{column}" for column in _LOSSES) for row in ("OLD", "NEW"))

POSTGRESQL = (
    """DO $$ BEGIN
         EXECUTE format('SET LOCAL search_path = %I, pg_temp', current_schema());
       END $$""",
    f"""CREATE OR REPLACE FUNCTION account_total(which text, OUT rho bigint, OUT delta bigint) {_FUNCTION} STABLE AS $$
        DECLARE own accounts%ROWTYPE; below record; split record;
        BEGIN
          SELECT * INTO STRICT own FROM accounts WHERE name = which;
          SELECT coalesce(max(spent_nano_rho + reserved_nano_rho), 0) AS rho,
                 coalesce(max(spent_atto_delta + reserved_atto_delta), 0) AS delta INTO split
            FROM parts WHERE account = which;
          IF own.partitioned_by IS NULL THEN
            SELECT coalesce(sum(t.rho), 0) AS rho, coalesce(sum(t.delta), 0) AS delta INTO below
              FROM accounts c CROSS JOIN LATERAL account_total(c.name) t WHERE c.parent = which;
          ELSE
            SELECT coalesce(max(p.rho), 0) AS rho, coalesce(max(p.delta), 0) AS delta INTO below FROM (
              SELECT sum(t.rho) AS rho, sum(t.delta) AS delta
                FROM accounts c CROSS JOIN LATERAL account_total(c.name) t WHERE c.parent = which
               GROUP BY coalesce(c."partition", c.time_window)) p;
          END IF;
          rho := own.spent_nano_rho + own.reserved_nano_rho + split.rho + below.rho;
          delta := own.spent_atto_delta + own.reserved_atto_delta + split.delta + below.delta;
        END $$""",
    f"""CREATE OR REPLACE FUNCTION reservation_is_held() RETURNS trigger {_FUNCTION} AS $$
        BEGIN
          PERFORM FROM ledger FOR UPDATE;
          IF NEW.state <> 'RESERVED' OR NEW.fence <> 0 THEN
            RAISE EXCEPTION 'a reservation starts as RESERVED';
          END IF;
          IF NEW.account IS DISTINCT FROM (SELECT account FROM sources WHERE name = NEW.source) THEN
            RAISE EXCEPTION 'the account follows from the source';
          END IF;
          IF NEW.nano_rho <> (NEW.request::json #>> '{{loss,nano_rho}}')::bigint
             OR NEW.atto_delta <> (NEW.request::json #>> '{{loss,atto_delta}}')::bigint THEN
            RAISE EXCEPTION 'the loss is the one that was asked for';
          END IF;
          IF NEW.part IS DISTINCT FROM (SELECT NEW.request::json ->> 'part' FROM splits
               WHERE account = NEW.account AND digest = NEW.request::json ->> 'split') THEN
            RAISE EXCEPTION 'the part follows from the split that was asked for';
          END IF;
          UPDATE accounts SET reserved_nano_rho = reserved_nano_rho + NEW.nano_rho,
                              reserved_atto_delta = reserved_atto_delta + NEW.atto_delta
           WHERE name = NEW.account AND NEW.part IS NULL;
          UPDATE parts SET reserved_nano_rho = reserved_nano_rho + NEW.nano_rho,
                           reserved_atto_delta = reserved_atto_delta + NEW.atto_delta
           WHERE account = NEW.account AND part = NEW.part;
          PERFORM check_caps(NEW.account);
          RETURN NULL;
        END $$""",
    f"""CREATE OR REPLACE FUNCTION reservation_is_charged() RETURNS trigger {_FUNCTION} AS $$
        DECLARE paid integer := (NEW.state = 'OPENED')::integer;
        BEGIN
          PERFORM FROM ledger FOR UPDATE;
          IF paid = 1 THEN
            PERFORM check_caps(OLD.account);
          END IF;
          UPDATE accounts SET reserved_nano_rho = reserved_nano_rho - OLD.nano_rho,
                              reserved_atto_delta = reserved_atto_delta - OLD.atto_delta,
                              spent_nano_rho = spent_nano_rho + paid * OLD.nano_rho,
                              spent_atto_delta = spent_atto_delta + paid * OLD.atto_delta
           WHERE name = OLD.account AND OLD.part IS NULL;
          UPDATE parts SET reserved_nano_rho = reserved_nano_rho - OLD.nano_rho,
                           reserved_atto_delta = reserved_atto_delta - OLD.atto_delta,
                           spent_nano_rho = spent_nano_rho + paid * OLD.nano_rho,
                           spent_atto_delta = spent_atto_delta + paid * OLD.atto_delta
           WHERE account = OLD.account AND part = OLD.part;
          RETURN NULL;
        END $$""",
    f"""CREATE FUNCTION part_is_kept() RETURNS trigger {_FUNCTION} AS $$
        BEGIN
          IF NEW.part IS DISTINCT FROM OLD.part THEN
            RAISE EXCEPTION 'a reservation keeps its part';
          END IF;
          RETURN NEW;
        END $$""",
    "CREATE TRIGGER part_is_kept BEFORE UPDATE ON reservations FOR EACH ROW EXECUTE FUNCTION part_is_kept()",
    f"""CREATE FUNCTION part_totals_follow() RETURNS trigger {_FUNCTION} AS $$
        BEGIN
          IF (NEW.account, NEW.part) IS DISTINCT FROM (OLD.account, OLD.part)
             OR pg_trigger_depth() < 2 AND ({_NEW}) IS DISTINCT FROM ({_OLD}) THEN
            RAISE EXCEPTION 'totals follow from reservations';
          END IF;
          RETURN NEW;
        END $$""",
    "CREATE TRIGGER part_totals_follow BEFORE UPDATE ON parts FOR EACH ROW EXECUTE FUNCTION part_totals_follow()",
    f"""CREATE FUNCTION part_starts_empty() RETURNS trigger {_FUNCTION} AS $$
        BEGIN
          IF ({_NEW}) <> (0, 0, 0, 0) THEN
            RAISE EXCEPTION 'a part starts empty';
          END IF;
          RETURN NEW;
        END $$""",
    "CREATE TRIGGER part_starts_empty BEFORE INSERT ON parts FOR EACH ROW EXECUTE FUNCTION part_starts_empty()",
    f"""CREATE OR REPLACE FUNCTION entry_is_linked() RETURNS trigger {_FUNCTION} AS $$
        DECLARE head ledger%ROWTYPE; wanted text; owner name;
        BEGIN
          SELECT * INTO STRICT head FROM ledger FOR UPDATE;
          SELECT tableowner INTO STRICT owner FROM pg_tables
           WHERE tablename = 'entries' AND schemaname = current_schema();
          wanted := 'synth-assets ledger 2|' || NEW.seq || '|' || NEW.previous || '|' || coalesce(NEW.tag, '') || '|'
                    || NEW.body_digest;
          IF NEW.format <> 2 OR NEW.salt IS NULL OR head.format <> 3 THEN
            RAISE EXCEPTION 'an entry has the format of its ledger';
          END IF;
          IF NEW.seq <> head.seq + 1 OR NEW.previous <> head.hash OR NEW.time COLLATE "C" < head.time COLLATE "C"
             OR NEW.hash <> encode(sha256(convert_to(wanted, 'UTF8')), 'hex') THEN
            RAISE EXCEPTION 'an entry follows the one before';
          END IF;
          IF NEW.time !~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}[.][0-9]{{3}}Z$'
             OR NEW.time COLLATE "C" > {_LATEST} COLLATE "C" THEN
            RAISE EXCEPTION 'an entry is not dated into the future';
          END IF;
          IF NEW.tag IS DISTINCT FROM coalesce((SELECT tag FROM accounts WHERE name = NEW.account), '') THEN
            RAISE EXCEPTION 'an entry carries the tag of its account';
          END IF;
          IF NEW.login <> session_user THEN
            RAISE EXCEPTION 'an entry names the login that writes it';
          END IF;
          IF NEW.kind IN ({_OWNERS}) THEN
            IF session_user <> owner THEN
              RAISE EXCEPTION 'this login may not write % entries', NEW.kind;
            END IF;
          ELSIF NEW.kind NOT IN ({_OFFICERS}, {_ENGINEERS}) THEN
            RAISE EXCEPTION 'an entry is of a kind that is known';
          ELSIF NOT login_is(CASE WHEN NEW.kind IN ({_OFFICERS})
               THEN 'synth_assets_officer'::name ELSE 'synth_assets_engineer'::name END) THEN
            RAISE EXCEPTION 'this login may not write % entries', NEW.kind;
          END IF;
          IF NEW.kind = 'CURATOR_READ' AND NOT {_CURATED} THEN
            RAISE EXCEPTION 'an account is open to curators once it is marked';
          END IF;
          RETURN NEW;
        END $$""",
    *(
        f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION only_ever_added()"
        for table in _FIXED
    ),
    *(
        f"CREATE TRIGGER {table}_kept BEFORE DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION only_ever_added()"
        for table in _KEPT
    ),
    f"""CREATE FUNCTION split_key_for_permit(which text, nonce text) RETURNS text {_FUNCTION} STABLE AS $$
        BEGIN
          RETURN (SELECT k.key FROM reservations r JOIN split_keys k ON k.account = r.account
            WHERE r.id = which AND r.state = 'OPENED' AND r.part IS NOT NULL
              AND r.nonce_digest = encode(sha256(convert_to(nonce, 'UTF8')), 'hex'));
        END $$""",
    f"""CREATE FUNCTION split_key_for_curator(which text) RETURNS text {_FUNCTION} STABLE AS $$
        BEGIN
          RETURN (SELECT k.key FROM split_keys k WHERE k.account = which
            AND EXISTS (SELECT 1 FROM entries e WHERE e.account = which AND e.kind = 'CURATOR_READ'));
        END $$""",
    "REVOKE ALL ON splits, split_keys, parts FROM PUBLIC",
    "REVOKE ALL ON FUNCTION split_key_for_permit, split_key_for_curator FROM PUBLIC",
    "GRANT SELECT ON splits, parts TO synth_assets_officer, synth_assets_engineer, synth_assets_auditor",
    "GRANT INSERT ON splits, split_keys, parts TO synth_assets_officer",
    "GRANT EXECUTE ON FUNCTION split_key_for_permit TO synth_assets_engineer",
    "GRANT EXECUTE ON FUNCTION split_key_for_curator TO synth_assets_officer",
)
