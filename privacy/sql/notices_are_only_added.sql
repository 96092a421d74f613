-- What people were told is kept as it was told: a change is a new version.

CREATE OR REPLACE TRIGGER decisions_are_only_added BEFORE UPDATE OR DELETE ON privacy_privacynotice
    FOR EACH ROW EXECUTE FUNCTION privacy_guard_decisions();
