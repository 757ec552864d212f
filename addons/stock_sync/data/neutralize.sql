-- a copy of the database never talks to a shop
UPDATE sale_channel_account
SET app_key = NULL, app_secret = NULL, access_token = NULL, refresh_token = NULL,
    webhook_secret = NULL, webhook_token = md5(random()::text || id::text),
    access_expires_at = NULL, refresh_expires_at = NULL, authorised_until = NULL,
    state = 'none';
UPDATE sale_channel
SET sync_state = 'paused', sync_pause_reason = 'Neutralized copy of a database'
WHERE sync_state IN ('connected', 'lost');
DELETE FROM channel_webhook_hint;
UPDATE channel_intent
SET state = 'failed', error = 'Neutralized copy of a database'
WHERE state IN ('planned', 'sent', 'unknown');
