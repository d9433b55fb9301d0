"""E-mails to notify: what a request may have there, and who gets the field."""

from django.db import migrations

FIELD, RESERVED = "EmailsToNotify", "emailstonotify"
# Twenty bare addresses at most, each once, its domain in lower case; nothing that could end a line of a header.
ADDRESSES = r"""
    CREATE FUNCTION addresses_to_notify(given text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
        SELECT coalesce(array_ndims(given), 1) = 1 AND cardinality(given) <= 20
            AND cardinality(given) = (SELECT count(DISTINCT one) FROM unnest(given) AS one
                WHERE char_length(one) <= 254
                AND one ~ '^[^[:space:][:cntrl:]@<>,;:"()\[\]\\]+@[^[:space:][:cntrl:]@<>,;:"()\[\]\\A-Z]+$'
                AND one ~ '@[^.].*[.].*[^.]$')
    $$;
    ALTER TABLE request_details ADD CONSTRAINT request_notify_addresses CHECK (addresses_to_notify(notify))
"""
NO_ADDRESSES = """
    ALTER TABLE request_details DROP CONSTRAINT request_notify_addresses;
    DROP FUNCTION addresses_to_notify(text[])
"""
# As desk 0016 has it of the names of the other fields.
LABELS = f"""
    ALTER TABLE additional_field ADD CONSTRAINT additional_field_label_not_notify CHECK (
        lower(regexp_replace(label, '[^[:alnum:]]', '', 'g')) <> '{RESERVED}'
    )
"""
NO_LABELS = "ALTER TABLE additional_field DROP CONSTRAINT additional_field_label_not_notify"
# As a new field of one's own is: technicians get it by the default template. For others an administrator decides.
OFFER = f"""
    UPDATE request_template SET technician_fields = array_append(technician_fields, '{FIELD}') WHERE "default"
"""
NO_OFFER = f"""
    UPDATE request_template SET technician_fields = array_remove(technician_fields, '{FIELD}'),
        requester_fields = array_remove(requester_fields, '{FIELD}'),
        closing_fields = array_remove(closing_fields, '{FIELD}')
    WHERE '{FIELD}' = ANY(technician_fields || requester_fields || closing_fields)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0018_sites_in_use_stay'),
    ]

    operations = [
        migrations.RunSQL(ADDRESSES, NO_ADDRESSES),
        migrations.RunSQL(LABELS, NO_LABELS),
        migrations.RunSQL(OFFER, NO_OFFER),
    ]
