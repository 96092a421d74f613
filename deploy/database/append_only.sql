-- A table that only grows: what stands in it nobody who holds the application's password can change or take away.

REVOKE UPDATE, DELETE ON {table} FROM {application};
