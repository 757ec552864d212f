-- Before an uninstallation: deleting a field looks for what refers to it in all fields,
-- one after the other, which is half a minute of PostgreSQL's CPU. Odoo has no indexes
-- for that.
DO $$ DECLARE reference record; BEGIN
    FOR reference IN
        SELECT DISTINCT k.conrelid::regclass AS name, a.attname
          FROM pg_constraint k JOIN pg_attribute a
            ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
         WHERE k.contype = 'f'
           AND k.confrelid IN ('ir_model_fields'::regclass, 'ir_model'::regclass)
           AND NOT EXISTS (
               SELECT FROM pg_index i
                WHERE i.indrelid = k.conrelid AND i.indkey[0] = a.attnum)
    LOOP EXECUTE format(
        'CREATE INDEX ON %s (%I)', reference.name, reference.attname);
    END LOOP;
END $$
