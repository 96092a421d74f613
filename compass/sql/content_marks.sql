-- A mark is another one after every change of what it stands for; whatever is kept asks it before it is shown.
--
-- The row is written once a transaction: loading 100,000 stories is one change for everybody else. The setting
-- lives as long as the transaction, and shows it its own changes.
CREATE OR REPLACE FUNCTION content_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved text;  -- TG_ARGV: the names of the marks in one word each, then what the search knows by the table
BEGIN
    FOREACH moved IN ARRAY string_to_array(TG_ARGV[0], ' ') LOOP
        IF coalesce(current_setting(format('compass.%s_mark', moved), true), '') = '' THEN
            INSERT INTO compass_content_mark (name, mark) VALUES (moved, gen_random_uuid())
                ON CONFLICT (name) DO UPDATE SET mark = excluded.mark;
        END IF;
        PERFORM set_config(format('compass.%s_mark', moved), gen_random_uuid()::text, true);
    END LOOP;
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM compass_search_entry WHERE kind = ANY (TG_ARGV[1:]);
    END IF;
    RETURN NULL;
END $$;
