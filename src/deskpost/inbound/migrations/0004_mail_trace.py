"""Mails are found by words, time and outcome; what people do with a mail is noted."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# Mails that came before: by the same words as inbound.finding gives, as far as their rows tell them.
FILL = """
UPDATE mail_outcome o SET words = coalesce((SELECT array_agg(DISTINCT word) FROM (
    SELECT 's:' || left(x, 60) AS word FROM regexp_split_to_table(lower(o.subject), '[^[:alnum:]]+') x WHERE x <> ''
    UNION ALL
    SELECT 'f:' || left(x, 100)
    FROM unnest(ARRAY[lower(o.from_address), split_part(lower(o.from_address), '@', 2)]) x WHERE x <> ''
    UNION ALL
    SELECT 'f:' || left(x, 60) FROM conversation c, regexp_split_to_table(lower(c.from_name), '[^[:alnum:]]+') x
    WHERE c.id = o.conversation_id AND x <> ''
    UNION ALL
    SELECT 't:' || left(x, 100)
    FROM conversation c, jsonb_array_elements(c."to" || c.cc) pair,
         unnest(ARRAY[lower(pair ->> 1), split_part(lower(pair ->> 1), '@', 2)]) x
    WHERE c.id = o.conversation_id AND x <> ''
) AS known), '{}')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0004_deflated_html'),
        ('inbound', '0003_ages_junk_copies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MailAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.TextField()),
                ('kind', models.TextField(choices=[('read', 'Read'), ('downloaded', 'Downloaded'), ('moved', 'Moved'), ('own', 'Own'), ('again', 'Again')])),
                ('before', models.JSONField(null=True)),
            ],
            options={
                'db_table': 'mail_act',
            },
        ),
        migrations.AddField(
            model_name='mailoutcome',
            name='words',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], default=list, size=None),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='inboundmessage',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['received_at'], name='inbound_message_received'),
        ),
        migrations.AddIndex(
            model_name='mailoutcome',
            index=models.Index(fields=['account', 'mail'], name='mail_outcome_of_account'),
        ),
        migrations.AddIndex(
            model_name='mailoutcome',
            index=models.Index(condition=models.Q(('kind__in', ('command', 'bounce', 'automatic', 'duplicate', 'dropped', 'refused', 'held', 'error'))), fields=['kind', 'mail'], name='mail_outcome_rare_kinds'),
        ),
        migrations.AddIndex(
            model_name='mailoutcome',
            index=django.contrib.postgres.indexes.GinIndex(models.Func('words', function='array_to_tsvector', output_field=django.contrib.postgres.search.SearchVectorField()), name='mail_outcome_words'),
        ),
        migrations.AddField(
            model_name='mailact',
            name='came_from',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='desk.record'),
        ),
        migrations.AddField(
            model_name='mailact',
            name='mail',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='acts', to='inbound.inboundmessage'),
        ),
        migrations.AddField(
            model_name='mailact',
            name='person',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mailact',
            name='went_to',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='desk.record'),
        ),
        migrations.AddIndex(
            model_name='mailact',
            index=models.Index(fields=['mail', 'at'], name='mail_act_of_mail'),
        ),
        migrations.AddConstraint(
            model_name='mailact',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('read', 'downloaded', 'moved', 'own', 'again'))), name='mail_act_kind_exists'),
        ),
    ]
