"""Triggers of format 2: an entry carries its account's tag, moves the head itself, and is not dated into the future.

Under format 1 a writer added an entry and moved the head in two statements.
A writer that made only the first one, or dated an entry to the year 9999, blocked
all other writers permanently. Now the database moves the head, and it compares an
entry's time with its own clock.
"""

# ruff: noqa: S608 -- fixed texts: nothing but constants of this module is put into them

__all__ = ["POSTGRESQL", "SQLITE"]

_OFFICERS = "'ACCOUNT_OPENED', 'CAP_SET', 'ACCOUNT_CLOSED', 'SOURCE_ADDED', 'SOURCE_MOVED', 'VERSION_SET'"
_ENGINEERS = "'RESERVED', 'OPENED', 'RESUMED', 'REDEEMED', 'INTENT', 'ANSWER', 'SETTLED', 'CANCELLED'"
_OWNERS = "'MIGRATED', 'CORRECTED'"

SQLITE = (
    f"""CREATE TRIGGER entry_is_linked BEFORE INSERT ON entries BEGIN
          SELECT RAISE(ABORT, 'an entry has the format of its ledger') WHERE NEW.format <> 2 OR NEW.salt IS NULL;
          SELECT RAISE(ABORT, 'an entry follows the one before')
            FROM ledger WHERE NEW.seq <> seq + 1 OR NEW.previous <> hash OR NEW.time < time;
          SELECT RAISE(ABORT, 'an entry carries the tag of its account')
           WHERE NEW.tag IS NULL
              OR NEW.tag <> coalesce((SELECT tag FROM accounts WHERE name = NEW.account), '');
          SELECT RAISE(ABORT, 'an entry is of a kind that is known')
           WHERE NEW.kind NOT IN ({_OFFICERS}, {_ENGINEERS}, {_OWNERS});
        END""",
    """CREATE TRIGGER entry_moves_the_head AFTER INSERT ON entries BEGIN
         UPDATE ledger SET seq = NEW.seq, hash = NEW.hash, time = NEW.time;
       END""",
    """CREATE TRIGGER tag_is_kept BEFORE UPDATE OF tag ON accounts WHEN OLD.tag IS NOT NULL BEGIN
         SELECT RAISE(ABORT, 'an account keeps its tag'); END""",
)

# Each function sees the tables of the schema it was made in, and no temporary table of a caller before them.
_FUNCTION = "LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT"
_LATEST = "to_char((clock_timestamp() + interval '1 minute') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"

POSTGRESQL = (
    """DO $$ BEGIN
         EXECUTE format('SET LOCAL search_path = %I, pg_temp', current_schema());
       END $$""",
    f"""CREATE OR REPLACE FUNCTION entry_is_linked() RETURNS trigger {_FUNCTION} AS $$
        DECLARE head ledger%ROWTYPE; wanted text; owner name;
        BEGIN
          SELECT * INTO STRICT head FROM ledger FOR UPDATE;
          SELECT tableowner INTO STRICT owner FROM pg_tables
           WHERE tablename = 'entries' AND schemaname = current_schema();
          wanted := 'synth-assets ledger 2|' || NEW.seq || '|' || NEW.previous || '|' || coalesce(NEW.tag, '') || '|'
                    || NEW.body_digest;
          IF NEW.format <> 2 OR NEW.salt IS NULL OR head.format <> 2 THEN
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
          RETURN NEW;
        END $$""",
    f"""CREATE FUNCTION entry_moves_the_head() RETURNS trigger {_FUNCTION} AS $$
        BEGIN
          UPDATE ledger SET seq = NEW.seq, hash = NEW.hash, time = NEW.time;
          RETURN NULL;
        END $$""",
    """CREATE TRIGGER entry_moves_the_head AFTER INSERT ON entries
       FOR EACH ROW EXECUTE FUNCTION entry_moves_the_head()""",
    f"""CREATE FUNCTION tag_is_kept() RETURNS trigger {_FUNCTION} AS $$
        BEGIN
          IF OLD.tag IS NOT NULL AND NEW.tag IS DISTINCT FROM OLD.tag THEN
            RAISE EXCEPTION 'an account keeps its tag';
          END IF;
          RETURN NEW;
        END $$""",
    "CREATE TRIGGER tag_is_kept BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION tag_is_kept()",
    "DROP FUNCTION place_for_permit(text, text)",
    f"""CREATE FUNCTION place_for_permit(which text, nonce text)
          RETURNS TABLE (location text, options text, salt text) {_FUNCTION} STABLE AS $$
        BEGIN
          RETURN QUERY SELECT p.location, p.options, p.salt FROM reservations r JOIN places p ON p.source = r.source
            WHERE r.id = which AND r.state = 'OPENED'
              AND r.nonce_digest = encode(sha256(convert_to(nonce, 'UTF8')), 'hex');
        END $$""",
    "REVOKE ALL ON FUNCTION place_for_permit FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION place_for_permit TO synth_assets_engineer",
)
