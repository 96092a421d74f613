-- Which texts have been changed in Danish and not in English since: TG_ARGV, the names of those that are in both.
-- Whoever changes a row, and how. An update to NULL says that the English is right as it stands; anything else that
-- is written there is what somebody read before, and counts for nothing.
CREATE OR REPLACE FUNCTION english_behind() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    becomes jsonb := to_jsonb(NEW);
    behind text[] := CASE WHEN NEW.english_behind IS NULL THEN '{}' ELSE coalesce(OLD.english_behind, '{}') END;
    name text;
BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
        IF becomes ->> (name || '_en') IS DISTINCT FROM was ->> (name || '_en') THEN
            behind := array_remove(behind, name);
        ELSIF becomes ->> name IS DISTINCT FROM was ->> name AND becomes ->> (name || '_en') <> '' THEN
            behind := array_append(array_remove(behind, name), name);
        END IF;
    END LOOP;
    NEW.english_behind := behind;
    RETURN NEW;
END $$;
