-- What the application's role may do with the owner's tables: read and write rows, and nothing else.
-- `manage.py prepare` says it after each migration, as the owner; then nobody else may change a list here.

REVOKE ALL ON SCHEMA public FROM {application};
GRANT USAGE ON SCHEMA public TO {application};

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {application};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {application};

REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {application};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {application};

REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {application};
