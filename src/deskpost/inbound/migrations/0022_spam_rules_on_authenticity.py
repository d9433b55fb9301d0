"""Spam rules may ask for the verdict on a mail's authenticity."""

from django.db import migrations

FIELDS = "sender_address|sender_domain|sender_name|to|cc|subject|body|attachment_name|size|spam_score"
CRITERIA = r"""
    ALTER TABLE spam_rule DROP CONSTRAINT spam_rule_criteria;
    ALTER TABLE spam_rule ADD CONSTRAINT spam_rule_criteria CHECK (CASE WHEN jsonb_typeof(criteria) = 'array' THEN
        jsonb_array_length(criteria) BETWEEN 1 AND 20
        AND jsonb_array_length(jsonb_path_query_array(criteria, 'strict $[*] ? (
            @.field like_regex "^(FIELDS|header:[!-9;-~]{1,100})$"
            && @.condition like_regex "^(is|is not|contains|does not contain|begins with|ends with|matches|greater than|less than)$"
            && @."values".type() == "array" && @."values".size() > 0
            && !exists(@."values"[*] ? (@.type() != "string" || @ == ""))
        )')) = jsonb_array_length(criteria)
    ELSE false END)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('inbound', '0021_authenticity'),
    ]

    operations = [
        migrations.RunSQL(
            CRITERIA.replace("FIELDS", f"{FIELDS}|authenticity"), CRITERIA.replace("FIELDS", FIELDS)
        ),
    ]
