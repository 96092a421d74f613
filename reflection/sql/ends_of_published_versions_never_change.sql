-- As its steps: published_versions_never_change.sql.
CREATE OR REPLACE TRIGGER ends_of_published_versions_never_change
    BEFORE INSERT OR UPDATE OR DELETE ON reflection_endline
    FOR EACH ROW EXECUTE FUNCTION reflection_guard_published('version_id');
