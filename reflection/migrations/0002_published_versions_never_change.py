"""A published version is immutable, whoever asks: admin, shell or SQL."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION reflection_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published guide version never changes'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER published_versions_never_change
    BEFORE UPDATE OR DELETE ON reflection_guideversion
    FOR EACH ROW EXECUTE FUNCTION reflection_guard_version();

CREATE FUNCTION reflection_guard_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM reflection_guideversion
        WHERE published_at IS NOT NULL
        AND ((TG_OP <> 'INSERT' AND id = OLD.version_id) OR (TG_OP <> 'DELETE' AND id = NEW.version_id))
    ) THEN
        RAISE EXCEPTION 'a published guide version never changes'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER steps_of_published_versions_never_change
    BEFORE INSERT OR UPDATE OR DELETE ON reflection_step
    FOR EACH ROW EXECUTE FUNCTION reflection_guard_step();

CREATE FUNCTION reflection_guard_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM reflection_step step JOIN reflection_guideversion version ON version.id = step.version_id
        WHERE version.published_at IS NOT NULL
        AND ((TG_OP <> 'INSERT' AND step.id = OLD.step_id) OR (TG_OP <> 'DELETE' AND step.id = NEW.step_id))
    ) THEN
        RAISE EXCEPTION 'a published guide version never changes'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER prompts_of_published_versions_never_change
    BEFORE INSERT OR UPDATE OR DELETE ON reflection_prompt
    FOR EACH ROW EXECUTE FUNCTION reflection_guard_part();

CREATE TRIGGER help_of_published_versions_never_changes
    BEFORE INSERT OR UPDATE OR DELETE ON reflection_helpvariant
    FOR EACH ROW EXECUTE FUNCTION reflection_guard_part();
"""

ALLOW = """
DROP TRIGGER help_of_published_versions_never_changes ON reflection_helpvariant;
DROP TRIGGER prompts_of_published_versions_never_change ON reflection_prompt;
DROP TRIGGER steps_of_published_versions_never_change ON reflection_step;
DROP TRIGGER published_versions_never_change ON reflection_guideversion;
DROP FUNCTION reflection_guard_part();
DROP FUNCTION reflection_guard_step();
DROP FUNCTION reflection_guard_version();
"""


class Migration(migrations.Migration):
    dependencies = [("reflection", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
