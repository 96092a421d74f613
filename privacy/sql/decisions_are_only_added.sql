-- What the municipality has decided is kept as it was decided: a new decision is a new row.

CREATE OR REPLACE FUNCTION privacy_guard_decisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a decision is never changed: add a new one' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE OR REPLACE TRIGGER decisions_are_only_added BEFORE UPDATE OR DELETE ON privacy_retentionperiod
    FOR EACH ROW EXECUTE FUNCTION privacy_guard_decisions();
