-- A published version never changes, whoever asks – admin, shell or SQL –, as answers stand on it.
--
-- TG_ARGV[0]: the column that leads to the version. A data migration passes the rule as its owner does:
-- docs/decisions/0021-rules-in-the-database.md.
CREATE OR REPLACE FUNCTION reflection_guard_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY[(to_jsonb(OLD) ->> TG_ARGV[0])::bigint, (to_jsonb(NEW) ->> TG_ARGV[0])::bigint];
BEGIN
    IF TG_ARGV[0] = 'step_id' THEN
        touched := ARRAY(SELECT version_id FROM reflection_step WHERE id = ANY (touched));
    END IF;
    IF EXISTS (SELECT FROM reflection_guideversion WHERE id = ANY (touched) AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a published guide version never changes'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE OR REPLACE TRIGGER published_versions_never_change
    BEFORE UPDATE OR DELETE ON reflection_guideversion
    FOR EACH ROW EXECUTE FUNCTION reflection_guard_published('id');

CREATE OR REPLACE TRIGGER steps_of_published_versions_never_change
    BEFORE INSERT OR UPDATE OR DELETE ON reflection_step
    FOR EACH ROW EXECUTE FUNCTION reflection_guard_published('version_id');

CREATE OR REPLACE TRIGGER prompts_of_published_versions_never_change
    BEFORE INSERT OR UPDATE OR DELETE ON reflection_prompt
    FOR EACH ROW EXECUTE FUNCTION reflection_guard_published('step_id');

CREATE OR REPLACE TRIGGER help_of_published_versions_never_changes
    BEFORE INSERT OR UPDATE OR DELETE ON reflection_helpvariant
    FOR EACH ROW EXECUTE FUNCTION reflection_guard_published('step_id');
