-- The two roles of the portal and its database, for whoever runs the database server: as its superuser, once.
-- Run again, it makes what is missing and sets the passwords that are given.
--
--   psql --set=owner=aarhuskompas_owner --set=owner_password=… \
--        --set=application=aarhuskompas --set=application_password=… \
--        --set=database=aarhuskompas --file=roles.sql
--
-- The owner owns the tables and alone may change them; only `manage.py prepare` works as the owner.
-- The application reads and writes rows (rights.sql).

SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY[:'owner', :'application']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE :"owner" NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE :"application" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

SELECT format('ALTER ROLE %I PASSWORD %L', name, password)
FROM (VALUES (:'owner', :'owner_password'), (:'application', :'application_password')) AS given (name, password)
WHERE password <> '' \gexec

SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"application";
