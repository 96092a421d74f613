-- The event log is written and read. Nothing in it is ever changed, and a row can be deleted only when the
-- time that the municipality has decided (privacy_retentionperiod) is over: so nobody can, whatever their rights.

CREATE OR REPLACE FUNCTION privacy_events_end() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN days > 0 AND basis <> '' THEN now() - make_interval(days => days) END
    FROM privacy_retentionperiod WHERE kind = 'events' ORDER BY id DESC LIMIT 1
$$;

CREATE OR REPLACE FUNCTION privacy_guard_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < privacy_events_end() THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the event log is only added to' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE OR REPLACE TRIGGER events_are_only_added BEFORE UPDATE OR DELETE ON privacy_event
    FOR EACH ROW EXECUTE FUNCTION privacy_guard_events();

CREATE OR REPLACE TRIGGER events_are_never_emptied BEFORE TRUNCATE ON privacy_event
    FOR EACH STATEMENT EXECUTE FUNCTION privacy_guard_events();

-- The one way to delete, for a role that may only write and read. Of whom the processing is restricted
-- (privacy/restrictions.py) what happened is kept too: they may need it.
CREATE OR REPLACE FUNCTION privacy_purge_events() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint;
BEGIN
    DELETE FROM privacy_event event WHERE event.at < privacy_events_end() AND NOT EXISTS (
        SELECT FROM privacy_restriction restriction
        WHERE restriction.lifted_at IS NULL AND restriction.subject IN (event.who, event.about)
    );
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
