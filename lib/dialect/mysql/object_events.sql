-- Events. STARTS is left out where nobody said it: it is the time of the CREATE, or of an ALTER.
SELECT
    e.event_name AS name,
    e.execute_at AS execute_at,
    e.interval_value AS interval_value,
    e.interval_field AS interval_field,
    CASE
        WHEN coalesce(convert_tz(e.starts, e.time_zone, @@session.time_zone), e.starts)
            NOT IN (e.created, e.last_altered)
        THEN e.starts
    END AS starts,
    e.ends AS ends,
    e.on_completion AS on_completion,
    e.status AS status,
    e.event_comment AS comment,
    e.event_definition AS body,
    e.sql_mode AS sql_mode
FROM information_schema.events e
WHERE e.event_schema = database();
