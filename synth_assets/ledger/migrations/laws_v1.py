"""Triggers and roles of format 1: rules that the database enforces for every program that writes to it.

Only triggers on ``reservations`` change the totals of an account, so a reservation
cannot be written without its charge. A state only moves forward; the ledger log
only grows, each entry after the one before.

PostgreSQL also enforces the roles. The functions run with their owner's rights and
a fixed search path, so that an engineer's login moves totals through them and in
no other way.
"""

# ruff: noqa: S608 -- fixed texts: nothing but constants of this module is put into them

__all__ = ["POSTGRESQL", "SQLITE"]

_KEPT = ("entries", "reservations", "draws", "accounts")

SQLITE = (
    """CREATE TRIGGER reservation_is_held AFTER INSERT ON reservations BEGIN
         SELECT RAISE(ABORT, 'a reservation starts as RESERVED') WHERE NEW.state <> 'RESERVED' OR NEW.fence <> 0;
         UPDATE accounts SET reserved_nano_rho = reserved_nano_rho + NEW.nano_rho,
                             reserved_atto_delta = reserved_atto_delta + NEW.atto_delta
          WHERE name = NEW.account AND NOT closed
            AND spent_nano_rho + reserved_nano_rho + NEW.nano_rho <= cap_nano_rho
            AND spent_atto_delta + reserved_atto_delta + NEW.atto_delta <= cap_atto_delta;
         SELECT RAISE(ABORT, 'the cap does not cover the reservation') WHERE changes() <> 1;
       END""",
    """CREATE TRIGGER reservation_moves_forward BEFORE UPDATE ON reservations BEGIN
         SELECT RAISE(ABORT, 'a reservation only moves forward')
          WHERE NEW.state <> OLD.state AND NOT (
                (OLD.state = 'RESERVED' AND NEW.state IN ('OPENED', 'CANCELLED'))
             OR (OLD.state = 'OPENED' AND NEW.state = 'SETTLED'));
         SELECT RAISE(ABORT, 'what was reserved does not change')
          WHERE NEW.number <> OLD.number OR NEW.id <> OLD.id OR NEW.base <> OLD.base OR NEW.attempt <> OLD.attempt
             OR NEW.account <> OLD.account OR NEW.source <> OLD.source OR NEW.request <> OLD.request
             OR NEW.nano_rho <> OLD.nano_rho OR NEW.atto_delta <> OLD.atto_delta OR NEW.fence < OLD.fence;
       END""",
    """CREATE TRIGGER reservation_is_charged AFTER UPDATE OF state ON reservations
       WHEN OLD.state = 'RESERVED' AND NEW.state <> 'RESERVED' BEGIN
         UPDATE accounts SET reserved_nano_rho = reserved_nano_rho - OLD.nano_rho,
                             reserved_atto_delta = reserved_atto_delta - OLD.atto_delta,
                             spent_nano_rho = spent_nano_rho + (NEW.state = 'OPENED') * OLD.nano_rho,
                             spent_atto_delta = spent_atto_delta + (NEW.state = 'OPENED') * OLD.atto_delta
          WHERE name = OLD.account;
       END""",
    """CREATE TRIGGER entries_unchanged BEFORE UPDATE ON entries BEGIN
         SELECT RAISE(ABORT, 'entries are only ever added'); END""",
    *(
        f"""CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} BEGIN
              SELECT RAISE(ABORT, '{table} are only ever added'); END"""
        for table in _KEPT
    ),
)

# Each function sees the tables of the schema it was made in, and no temporary table of a caller before them.
_FUNCTION = "LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT"

POSTGRESQL = (
    """DO $$ DECLARE wanted text; BEGIN
         FOREACH wanted IN ARRAY ARRAY['synth_assets_officer', 'synth_assets_engineer', 'synth_assets_auditor'] LOOP
           IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
             EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
           END IF;
         END LOOP;
       END $$""",
    """DO $$ BEGIN
         EXECUTE format('SET LOCAL search_path = %I, pg_temp', current_schema());
       END $$""",
    f"""CREATE FUNCTION login_is(wanted name) RETURNS boolean {_FUNCTION} STABLE AS $$
        BEGIN
          RETURN pg_has_role(session_user, wanted, 'MEMBER')
              OR session_user = (SELECT tableowner FROM pg_tables
                                  WHERE tablename = 'entries' AND schemaname = current_schema());
        END $$""",
    f"""CREATE FUNCTION account_total(which text, OUT rho bigint, OUT delta bigint) {_FUNCTION} STABLE AS $$
        DECLARE own accounts%ROWTYPE; below record;
        BEGIN
          SELECT * INTO STRICT own FROM accounts WHERE name = which;
          IF own.partitioned_by IS NULL THEN
            SELECT coalesce(sum(t.rho), 0) AS rho, coalesce(sum(t.delta), 0) AS delta INTO below
              FROM accounts c CROSS JOIN LATERAL account_total(c.name) t WHERE c.parent = which;
          ELSE
            SELECT coalesce(max(p.rho), 0) AS rho, coalesce(max(p.delta), 0) AS delta INTO below FROM (
              SELECT sum(t.rho) AS rho, sum(t.delta) AS delta
                FROM accounts c CROSS JOIN LATERAL account_total(c.name) t WHERE c.parent = which
               GROUP BY coalesce(c."partition", c.time_window)) p;
          END IF;
          rho := own.spent_nano_rho + own.reserved_nano_rho + below.rho;
          delta := own.spent_atto_delta + own.reserved_atto_delta + below.delta;
        END $$""",
    f"""CREATE FUNCTION check_caps(lowest text) RETURNS void {_FUNCTION} AS $$
        DECLARE which text := lowest; own accounts%ROWTYPE; total record;
        BEGIN
          WHILE which IS NOT NULL LOOP
            SELECT * INTO STRICT own FROM accounts WHERE name = which;
            SELECT * INTO total FROM account_total(which);
            IF own.closed OR total.rho > own.cap_nano_rho OR total.delta > own.cap_atto_delta THEN
              RAISE EXCEPTION 'the cap of account % does not cover the reservation', which;
            END IF;
            which := own.parent;
          END LOOP;
        END $$""",
    f"""CREATE FUNCTION reservation_is_held() RETURNS trigger {_FUNCTION} AS $$
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
          UPDATE accounts SET reserved_nano_rho = reserved_nano_rho + NEW.nano_rho,
                              reserved_atto_delta = reserved_atto_delta + NEW.atto_delta WHERE name = NEW.account;
          PERFORM check_caps(NEW.account);
          RETURN NULL;
        END $$""",
    """CREATE TRIGGER reservation_is_held AFTER INSERT ON reservations
       FOR EACH ROW EXECUTE FUNCTION reservation_is_held()""",
    f"""CREATE FUNCTION reservation_moves_forward() RETURNS trigger {_FUNCTION} AS $$
        BEGIN
          IF NEW.state <> OLD.state AND NOT (
                (OLD.state = 'RESERVED' AND NEW.state IN ('OPENED', 'CANCELLED'))
             OR (OLD.state = 'OPENED' AND NEW.state = 'SETTLED')) THEN
            RAISE EXCEPTION 'a reservation only moves forward';
          END IF;
          IF (NEW.number, NEW.id, NEW.base, NEW.attempt, NEW.account, NEW.source, NEW.request, NEW.nano_rho,
              NEW.atto_delta) IS DISTINCT FROM
             (OLD.number, OLD.id, OLD.base, OLD.attempt, OLD.account, OLD.source, OLD.request, OLD.nano_rho,
              OLD.atto_delta) OR NEW.fence < OLD.fence
             OR (OLD.state = 'SETTLED' AND NEW.release_digest IS DISTINCT FROM OLD.release_digest) THEN
            RAISE EXCEPTION 'what was reserved does not change';
          END IF;
          RETURN NEW;
        END $$""",
    """CREATE TRIGGER reservation_moves_forward BEFORE UPDATE ON reservations
       FOR EACH ROW EXECUTE FUNCTION reservation_moves_forward()""",
    f"""CREATE FUNCTION reservation_is_charged() RETURNS trigger {_FUNCTION} AS $$
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
           WHERE name = OLD.account;
          RETURN NULL;
        END $$""",
    """CREATE TRIGGER reservation_is_charged AFTER UPDATE OF state ON reservations FOR EACH ROW
       WHEN (OLD.state = 'RESERVED' AND NEW.state <> 'RESERVED') EXECUTE FUNCTION reservation_is_charged()""",
    f"""CREATE FUNCTION totals_follow() RETURNS trigger {_FUNCTION} AS $$
        BEGIN
          IF pg_trigger_depth() < 2 AND
             (NEW.spent_nano_rho, NEW.spent_atto_delta, NEW.reserved_nano_rho, NEW.reserved_atto_delta)
             IS DISTINCT FROM
             (OLD.spent_nano_rho, OLD.spent_atto_delta, OLD.reserved_nano_rho, OLD.reserved_atto_delta) THEN
            RAISE EXCEPTION 'totals follow from reservations';
          END IF;
          RETURN NEW;
        END $$""",
    "CREATE TRIGGER totals_follow BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION totals_follow()",
    f"""CREATE FUNCTION account_starts_empty() RETURNS trigger {_FUNCTION} AS $$
        BEGIN
          IF (NEW.spent_nano_rho, NEW.spent_atto_delta, NEW.reserved_nano_rho, NEW.reserved_atto_delta) <> (0, 0, 0, 0)
          THEN
            RAISE EXCEPTION 'an account starts empty';
          END IF;
          RETURN NEW;
        END $$""",
    """CREATE TRIGGER account_starts_empty BEFORE INSERT ON accounts
       FOR EACH ROW EXECUTE FUNCTION account_starts_empty()""",
    f"""CREATE FUNCTION entry_is_linked() RETURNS trigger {_FUNCTION} AS $$
        DECLARE head ledger%ROWTYPE; wanted text;
        BEGIN
          SELECT * INTO STRICT head FROM ledger FOR UPDATE;
          wanted := 'synth-assets ledger ' || head.format || '|' || NEW.seq || '|' || NEW.previous || '|'
                    || NEW.body_digest;
          IF NEW.seq <> head.seq + 1 OR NEW.previous <> head.hash OR NEW.time < head.time
             OR NEW.hash <> encode(sha256(convert_to(wanted, 'UTF8')), 'hex') THEN
            RAISE EXCEPTION 'an entry follows the one before';
          END IF;
          IF NEW.login <> session_user THEN
            RAISE EXCEPTION 'an entry names the login that writes it';
          END IF;
          IF NOT login_is(CASE
               WHEN NEW.kind IN ('ACCOUNT_OPENED', 'CAP_SET', 'ACCOUNT_CLOSED', 'SOURCE_ADDED', 'VERSION_SET')
               THEN 'synth_assets_officer'::name ELSE 'synth_assets_engineer'::name END) THEN
            RAISE EXCEPTION 'this login may not write % entries', NEW.kind;
          END IF;
          RETURN NEW;
        END $$""",
    "CREATE TRIGGER entry_is_linked BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION entry_is_linked()",
    f"""CREATE FUNCTION head_follows() RETURNS trigger {_FUNCTION} AS $$
        BEGIN
          IF (NEW.seq, NEW.hash, NEW.time) IS DISTINCT FROM (OLD.seq, OLD.hash, OLD.time)
             AND (NEW.seq <> OLD.seq + 1 OR NOT EXISTS (
               SELECT FROM entries e WHERE e.seq = NEW.seq AND e.hash = NEW.hash AND e.time = NEW.time)) THEN
            RAISE EXCEPTION 'the head is the newest entry';
          END IF;
          RETURN NEW;
        END $$""",
    "CREATE TRIGGER head_follows BEFORE UPDATE ON ledger FOR EACH ROW EXECUTE FUNCTION head_follows()",
    """CREATE FUNCTION only_ever_added() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '% are only ever added', TG_TABLE_NAME; END $$""",
    """CREATE TRIGGER entries_unchanged BEFORE UPDATE ON entries FOR EACH ROW EXECUTE FUNCTION only_ever_added()""",
    *(
        f"CREATE TRIGGER {table}_kept BEFORE DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION only_ever_added()"
        for table in (*_KEPT, "ledger")
    ),
    f"""CREATE FUNCTION place_for_permit(which text, nonce text) RETURNS TABLE (location text, options text)
        {_FUNCTION} STABLE AS $$
        BEGIN
          RETURN QUERY SELECT p.location, p.options FROM reservations r JOIN places p ON p.source = r.source
            WHERE r.id = which AND r.state = 'OPENED'
              AND r.nonce_digest = encode(sha256(convert_to(nonce, 'UTF8')), 'hex');
        END $$""",
    "REVOKE ALL ON ledger, accounts, sources, places, reservations, draws, entries FROM PUBLIC",
    "REVOKE ALL ON FUNCTION place_for_permit, check_caps, account_total, login_is FROM PUBLIC",
    """GRANT SELECT ON ledger, accounts, sources, reservations, draws, entries, alembic_version
       TO synth_assets_officer, synth_assets_engineer, synth_assets_auditor""",
    "GRANT UPDATE (seq, hash, time) ON ledger TO synth_assets_officer, synth_assets_engineer",
    "GRANT INSERT ON entries TO synth_assets_officer, synth_assets_engineer",
    "GRANT INSERT ON accounts, sources TO synth_assets_officer",
    "GRANT SELECT, INSERT, UPDATE ON places TO synth_assets_officer",
    "GRANT UPDATE (cap, cap_nano_rho, cap_atto_delta, closed) ON accounts TO synth_assets_officer",
    "GRANT UPDATE ON sources TO synth_assets_officer",
    "GRANT INSERT ON reservations, draws TO synth_assets_engineer",
    """GRANT UPDATE (state, fence, nonce_digest, release_digest, host, pid, started, lease_until) ON reservations
       TO synth_assets_engineer""",
    "GRANT UPDATE (answer_digest) ON draws TO synth_assets_engineer",
    "GRANT EXECUTE ON FUNCTION place_for_permit TO synth_assets_engineer",
)
