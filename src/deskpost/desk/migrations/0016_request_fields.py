"""Fields of requests: their lists, additional fields, templates with resources, and what requests have of them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


COMPOSITE = (  # table, columns, target, its columns: what a row has is of its own account, or of its own parent
    ("request_details", "record_id, account_id", "record", "id, account_id"),
    ("request_details", "site_id, account_id", "site", "id, account_id"),
    ("request_details", "subcategory_id, category_id", "subcategory", "id, category_id"),
    ("request_details", "item_id, subcategory_id", "item", "id, subcategory_id"),
    ("request_asset", "record_id, account_id", "record", "id, account_id"),
    ("request_asset", "asset_id, account_id", "asset", "id, account_id"),
    ("additional_value", "record_id, account_id", "record", "id, account_id"),
    ("answer", "record_id, account_id", "record", "id, account_id"),
    ("asset", "site_id, account_id", "site", "id, account_id"),
    ("attachment", "history_entry_id, account_id", "history_entry", "id, account_id"),
)
# What commands and fields are called; desk/request_fields has the same list, and a test compares the two.
RESERVED = (
    *("requester", "status", "technician", "group", "priority", "urgency", "impact", "impactdetails", "category"),
    *("subcategory", "item", "requesttype", "level", "mode", "site", "asset", "assets", "resolution"),
    *("technicianemail", "requesteremail", "operation", "requestid", "requesttemplate", "subject", "description"),
)
LABELS = f"""
    ALTER TABLE additional_field ADD CONSTRAINT additional_field_label_free CHECK (
        label !~ '[=\n\r]' AND regexp_replace(label, '[^[:alnum:]]', '', 'g') <> ''
        AND lower(regexp_replace(label, '[^[:alnum:]]', '', 'g')) NOT IN ({", ".join(f"'{name}'" for name in RESERVED)})
    )
"""
# A key stands in people's mails and scripts: what is renamed keeps its own.
KEYS_STAY = """
    CREATE FUNCTION api_key_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'an API key is given once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'api_key_stays';
    END $$;
    CREATE TRIGGER api_key_stays BEFORE UPDATE OF api_key ON resource FOR EACH ROW
        WHEN (OLD.api_key IS DISTINCT FROM NEW.api_key) EXECUTE FUNCTION api_key_stays();
    CREATE TRIGGER api_key_stays BEFORE UPDATE OF api_key ON question FOR EACH ROW
        WHEN (OLD.api_key IS DISTINCT FROM NEW.api_key) EXECUTE FUNCTION api_key_stays()
"""
KEYS_CHANGE = """
    DROP TRIGGER api_key_stays ON question; DROP TRIGGER api_key_stays ON resource; DROP FUNCTION api_key_stays()
"""
LISTS = {
    "Level": ("Tier 1", "Tier 2", "Tier 3", "Tier 4"),
    "Mode": ("E-Mail", "Phone Call", "Web Form"),
    "Urgency": ("Low", "Normal", "High", "Urgent"),
    "Impact": ("Affects User", "Affects Group", "Affects Department", "Affects Business"),
    "RequestType": ("Incident", "Request For Information", "Service Request"),
}
OF_REQUESTERS = ["Priority", "Urgency", "Impact", "ImpactDetails", "Category", "SubCategory", "Item", "Site", "Asset"]
OF_TECHNICIANS = [
    *("Status", "Technician", "Group", "Priority", "Urgency", "Impact", "ImpactDetails", "Category", "SubCategory"),
    *("Item", "RequestType", "Level", "Mode", "Site", "Asset", "Resolution"),
]


def composite_keys():
    """Give the statements that tie what a row has to the row's account, or to its parent."""
    for table, columns, target, its_columns in COMPOSITE:
        name = f"{table}_{target}_of_its_own"
        yield migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) "
            f"REFERENCES {target} ({its_columns}) DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )


def fill(apps, schema_editor):
    """Write the lists that every installation begins with, and the template of requests that name none."""
    for name, values in LISTS.items():
        model = apps.get_model("desk", name)
        model.objects.bulk_create(model(name=value, position=place) for place, value in enumerate(values))
    apps.get_model("desk", "Template").objects.create(
        name="Default request",
        default=True,
        requester_fields=OF_REQUESTERS,
        technician_fields=OF_TECHNICIANS,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0015_auto_replies'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='AdditionalField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.TextField()),
                ('kind', models.TextField(choices=[('text', 'Text'), ('number', 'Number'), ('date', 'Date'), ('choice', 'Choice')])),
                ('options', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'db_table': 'additional_field',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='AdditionalFieldSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('label', models.TextField()),
                ('kind', models.TextField(choices=[('text', 'Text'), ('number', 'Number'), ('date', 'Date'), ('choice', 'Choice')])),
                ('options', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AdditionalValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.TextField()),
            ],
            options={
                'db_table': 'additional_value',
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('values', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
            ],
            options={
                'db_table': 'answer',
            },
        ),
        migrations.CreateModel(
            name='Asset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
            ],
            options={
                'db_table': 'asset',
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='AssetSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('name', models.TextField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'db_table': 'category',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CategorySettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Impact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'db_table': 'impact',
                'ordering': ['position', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ImpactSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'db_table': 'item',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ItemSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Level',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'db_table': 'level',
                'ordering': ['position', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='LevelSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Mode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'db_table': 'mode',
                'ordering': ['position', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ModeSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('kind', models.TextField(choices=[('select', 'Select'), ('radio', 'Radio'), ('check', 'Check'), ('text', 'Text')])),
                ('api_key', models.TextField(unique=True)),
                ('options', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                ('max_length', models.PositiveIntegerField(blank=True, null=True)),
                ('for_requester', models.BooleanField(default=True)),
                ('for_technician', models.BooleanField(default=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'db_table': 'question',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='QuestionSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('text', models.TextField()),
                ('kind', models.TextField(choices=[('select', 'Select'), ('radio', 'Radio'), ('check', 'Check'), ('text', 'Text')])),
                ('api_key', models.TextField()),
                ('options', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                ('max_length', models.PositiveIntegerField(blank=True, null=True)),
                ('for_requester', models.BooleanField(default=True)),
                ('for_technician', models.BooleanField(default=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RequestAsset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'db_table': 'request_asset',
            },
        ),
        migrations.CreateModel(
            name='RequestDetails',
            fields=[
                ('record', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='details', serialize=False, to='desk.record')),
                ('impact_details', models.TextField(db_default='', default='')),
                ('resolution', models.TextField(db_default='', default='')),
                ('notify', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], default=list, size=None)),
            ],
            options={
                'db_table': 'request_details',
            },
        ),
        migrations.CreateModel(
            name='RequestType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'db_table': 'request_type',
                'ordering': ['position', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RequestTypeSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Resource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('api_key', models.TextField(unique=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'db_table': 'resource',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ResourceSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('api_key', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Subcategory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'db_table': 'subcategory',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SubcategorySettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('kind', models.TextField(choices=[('incident', 'Incident'), ('service', 'Service')], default='incident')),
                ('default', models.BooleanField(default=False)),
                ('requester_fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                ('technician_fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                ('closing_fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                ('for_requesters', models.BooleanField(default=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'db_table': 'request_template',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='TemplateAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'db_table': 'request_template_account',
            },
        ),
        migrations.CreateModel(
            name='TemplateAccountSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TemplateSettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('kind', models.TextField(choices=[('incident', 'Incident'), ('service', 'Service')], default='incident')),
                ('default', models.BooleanField(default=False)),
                ('requester_fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                ('technician_fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                ('closing_fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                ('for_requesters', models.BooleanField(default=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Urgency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'db_table': 'urgency',
                'ordering': ['position', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='UrgencySettingsevent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_db_user', models.TextField(db_default=models.Func(output_field=models.TextField(), template='CURRENT_USER'))),
                ('id', models.BigIntegerField()),
                ('name', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='attachment',
            name='history_entry',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='desk.historyentry'),
        ),
        migrations.AlterField(
            model_name='attachment',
            name='conversation',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='desk.conversation'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('history_entry__isnull', False)), fields=['history_entry'], name='attachment_of_history'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('conversation', None), ('history_entry', None), _connector='XOR'), name='attachment_of_one'),
        ),
        migrations.AddConstraint(
            model_name='historyentry',
            constraint=models.UniqueConstraint(fields=('id', 'account'), name='history_and_account'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.UniqueConstraint(fields=('id', 'account'), name='site_and_account'),
        ),
        migrations.AddConstraint(
            model_name='additionalfield',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('label'), condition=models.Q(('deleted_at', None)), name='additional_field_label_once'),
        ),
        migrations.AddConstraint(
            model_name='additionalfield',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('text', 'number', 'date', 'choice'))), name='additional_field_kind_exists'),
        ),
        migrations.AddConstraint(
            model_name='additionalfield',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'choice'), ('options__len__gt', 0)), models.Q(models.Q(('kind', 'choice'), _negated=True), ('options', [])), _connector='OR'), name='additional_field_options_of_a_choice'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='additionalfield',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_additionalfieldsettingsevent" ("deleted_at", "id", "kind", "label", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."deleted_at", NEW."id", NEW."kind", NEW."label", NEW."options", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position"); RETURN NULL;', hash='eaf7cd4cee637341b79fe976c8a5c630572e0e3b', operation='INSERT', pgid='pgtrigger_insert_insert_30cf4', table='additional_field', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='additionalfield',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_additionalfieldsettingsevent" ("deleted_at", "id", "kind", "label", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."deleted_at", NEW."id", NEW."kind", NEW."label", NEW."options", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position"); RETURN NULL;', hash='24caab4c47764f1195371d583498c8c75f164b30', operation='UPDATE', pgid='pgtrigger_update_update_119eb', table='additional_field', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='additionalfield',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_additionalfieldsettingsevent" ("deleted_at", "id", "kind", "label", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."deleted_at", OLD."id", OLD."kind", OLD."label", OLD."options", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position"); RETURN NULL;', hash='964597fab5ee7996ef97dcb3de16a8af04ed7ba4', operation='DELETE', pgid='pgtrigger_delete_delete_f878b', table='additional_field', when='AFTER')),
        ),
        migrations.AddField(
            model_name='additionalfieldsettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='additionalfieldsettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.additionalfield'),
        ),
        migrations.AddField(
            model_name='additionalvalue',
            name='account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.account'),
        ),
        migrations.AddField(
            model_name='additionalvalue',
            name='field',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.additionalfield'),
        ),
        migrations.AddField(
            model_name='additionalvalue',
            name='record',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='additional_values', to='desk.record'),
        ),
        migrations.AddField(
            model_name='answer',
            name='account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.account'),
        ),
        migrations.AddField(
            model_name='answer',
            name='record',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='desk.record'),
        ),
        migrations.AddField(
            model_name='asset',
            name='account',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='assets', to='desk.account'),
        ),
        migrations.AddField(
            model_name='asset',
            name='site',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='desk.site'),
        ),
        migrations.AddField(
            model_name='assetsettingsevent',
            name='account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.account'),
        ),
        migrations.AddField(
            model_name='assetsettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='assetsettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.asset'),
        ),
        migrations.AddField(
            model_name='assetsettingsevent',
            name='site',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.site'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='category_name_once'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='category_has_name'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_categorysettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position"); RETURN NULL;', hash='f31a0bef91143f3ac2d44e37fc2ae9f8910917b1', operation='INSERT', pgid='pgtrigger_insert_insert_8f34e', table='category', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_categorysettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position"); RETURN NULL;', hash='ec11f44b2c6a8c510cc8c35bff8eff3ad8811ddb', operation='UPDATE', pgid='pgtrigger_update_update_866fc', table='category', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_categorysettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position"); RETURN NULL;', hash='5ae9de7bbf2067e00726eeb10493f5a878e57ee8', operation='DELETE', pgid='pgtrigger_delete_delete_6e11e', table='category', when='AFTER')),
        ),
        migrations.AddField(
            model_name='categorysettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='categorysettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.category'),
        ),
        migrations.AddConstraint(
            model_name='impact',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='impact_name_once'),
        ),
        migrations.AddConstraint(
            model_name='impact',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='impact_has_name'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='impact',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_impactsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position"); RETURN NULL;', hash='b1933d05abdd396b398e9d0aa012c87be3ab63b3', operation='INSERT', pgid='pgtrigger_insert_insert_997e9', table='impact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='impact',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_impactsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position"); RETURN NULL;', hash='961beba2ce03d27ea579fb0711ee1520976e9984', operation='UPDATE', pgid='pgtrigger_update_update_a712c', table='impact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='impact',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_impactsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position"); RETURN NULL;', hash='7fa9b8973211d0d9340d4d28c6716c8b62620e06', operation='DELETE', pgid='pgtrigger_delete_delete_7e12c', table='impact', when='AFTER')),
        ),
        migrations.AddField(
            model_name='impactsettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='impactsettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.impact'),
        ),
        migrations.AddField(
            model_name='itemsettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='itemsettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.item'),
        ),
        migrations.AddConstraint(
            model_name='level',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='level_name_once'),
        ),
        migrations.AddConstraint(
            model_name='level',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='level_has_name'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='level',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_levelsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position"); RETURN NULL;', hash='4eca74666a45a4286fd34fef5601a4b0dbeabc38', operation='INSERT', pgid='pgtrigger_insert_insert_878b0', table='level', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='level',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_levelsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position"); RETURN NULL;', hash='f679c9df907041b6763221648058a60ce71664f5', operation='UPDATE', pgid='pgtrigger_update_update_99f6b', table='level', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='level',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_levelsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position"); RETURN NULL;', hash='7b130993c744e8d8ea1d905876dcd066e7ab0fca', operation='DELETE', pgid='pgtrigger_delete_delete_cc4fa', table='level', when='AFTER')),
        ),
        migrations.AddField(
            model_name='levelsettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='levelsettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.level'),
        ),
        migrations.AddConstraint(
            model_name='mode',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='mode_name_once'),
        ),
        migrations.AddConstraint(
            model_name='mode',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='mode_has_name'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mode',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_modesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position"); RETURN NULL;', hash='5c7cdcc76c921651d046fd405f6ce1e33544bc9a', operation='INSERT', pgid='pgtrigger_insert_insert_c8b32', table='mode', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mode',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_modesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position"); RETURN NULL;', hash='53ba8f10be5d97755059598b3d873e9ee5e35035', operation='UPDATE', pgid='pgtrigger_update_update_96e24', table='mode', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mode',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_modesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position"); RETURN NULL;', hash='675955a7e91da24cbc255f77eed1f19912fb0f86', operation='DELETE', pgid='pgtrigger_delete_delete_c72e9', table='mode', when='AFTER')),
        ),
        migrations.AddField(
            model_name='modesettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='modesettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.mode'),
        ),
        migrations.AddField(
            model_name='answer',
            name='question',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.question'),
        ),
        migrations.AddField(
            model_name='questionsettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='questionsettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.question'),
        ),
        migrations.AddField(
            model_name='requestasset',
            name='account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.account'),
        ),
        migrations.AddField(
            model_name='requestasset',
            name='asset',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.asset'),
        ),
        migrations.AddField(
            model_name='requestasset',
            name='record',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='request_assets', to='desk.record'),
        ),
        migrations.AddField(
            model_name='requestdetails',
            name='account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.account'),
        ),
        migrations.AddField(
            model_name='requestdetails',
            name='category',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.category'),
        ),
        migrations.AddField(
            model_name='requestdetails',
            name='impact',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.impact'),
        ),
        migrations.AddField(
            model_name='requestdetails',
            name='item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.item'),
        ),
        migrations.AddField(
            model_name='requestdetails',
            name='level',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.level'),
        ),
        migrations.AddField(
            model_name='requestdetails',
            name='mode',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.mode'),
        ),
        migrations.AddField(
            model_name='requestdetails',
            name='site',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='desk.site'),
        ),
        migrations.AddConstraint(
            model_name='requesttype',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='requesttype_name_once'),
        ),
        migrations.AddConstraint(
            model_name='requesttype',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='requesttype_has_name'),
        ),
        migrations.AddField(
            model_name='requestdetails',
            name='request_type',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.requesttype'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='requesttype',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_requesttypesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position"); RETURN NULL;', hash='2f2c504d58efb675da607ccaaef7c81f3d96d4d2', operation='INSERT', pgid='pgtrigger_insert_insert_c77af', table='request_type', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='requesttype',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_requesttypesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position"); RETURN NULL;', hash='1ee1c23aa11324c0f2b06d2f49323b1760948713', operation='UPDATE', pgid='pgtrigger_update_update_728a4', table='request_type', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='requesttype',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_requesttypesettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position"); RETURN NULL;', hash='d77b4f0dfefc3cbd670625f384d372756a0b8582', operation='DELETE', pgid='pgtrigger_delete_delete_209d9', table='request_type', when='AFTER')),
        ),
        migrations.AddField(
            model_name='requesttypesettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='requesttypesettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.requesttype'),
        ),
        migrations.AddField(
            model_name='questionsettingsevent',
            name='resource',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.resource'),
        ),
        migrations.AddField(
            model_name='question',
            name='resource',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='desk.resource'),
        ),
        migrations.AddField(
            model_name='resourcesettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='resourcesettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.resource'),
        ),
        migrations.AddField(
            model_name='subcategory',
            name='category',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='subcategories', to='desk.category'),
        ),
        migrations.AddField(
            model_name='requestdetails',
            name='subcategory',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.subcategory'),
        ),
        migrations.AddField(
            model_name='itemsettingsevent',
            name='subcategory',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.subcategory'),
        ),
        migrations.AddField(
            model_name='item',
            name='subcategory',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='desk.subcategory'),
        ),
        migrations.AddField(
            model_name='subcategorysettingsevent',
            name='category',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.category'),
        ),
        migrations.AddField(
            model_name='subcategorysettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='subcategorysettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.subcategory'),
        ),
        migrations.AddField(
            model_name='resourcesettingsevent',
            name='template',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.template'),
        ),
        migrations.AddField(
            model_name='resource',
            name='template',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='resources', to='desk.template'),
        ),
        migrations.AddField(
            model_name='requestdetails',
            name='template',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.template'),
        ),
        migrations.AddField(
            model_name='templateaccount',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='desk.account'),
        ),
        migrations.AddField(
            model_name='templateaccount',
            name='template',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='offered_to', to='desk.template'),
        ),
        migrations.AddField(
            model_name='template',
            name='accounts',
            field=models.ManyToManyField(related_name='+', through='desk.TemplateAccount', to='desk.account'),
        ),
        migrations.AddField(
            model_name='templateaccountsettingsevent',
            name='account',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.account'),
        ),
        migrations.AddField(
            model_name='templateaccountsettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='templateaccountsettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.templateaccount'),
        ),
        migrations.AddField(
            model_name='templateaccountsettingsevent',
            name='template',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.template'),
        ),
        migrations.AddField(
            model_name='templatesettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='templatesettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.template'),
        ),
        migrations.AddConstraint(
            model_name='urgency',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='urgency_name_once'),
        ),
        migrations.AddConstraint(
            model_name='urgency',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='urgency_has_name'),
        ),
        migrations.AddField(
            model_name='requestdetails',
            name='urgency',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.urgency'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='urgency',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_urgencysettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position"); RETURN NULL;', hash='a1846581e8854faa8396b8c8091bb732406d4f7e', operation='INSERT', pgid='pgtrigger_insert_insert_90fca', table='urgency', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='urgency',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_urgencysettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position"); RETURN NULL;', hash='14a7cab351038e3413062296fb031c807c7c7e4a', operation='UPDATE', pgid='pgtrigger_update_update_61a31', table='urgency', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='urgency',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_urgencysettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position"); RETURN NULL;', hash='587d9bac3008d56efbe613f01c867b3949cea17e', operation='DELETE', pgid='pgtrigger_delete_delete_6cfa9', table='urgency', when='AFTER')),
        ),
        migrations.AddField(
            model_name='urgencysettingsevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='urgencysettingsevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='settings_events', to='desk.urgency'),
        ),
        migrations.AddConstraint(
            model_name='additionalvalue',
            constraint=models.UniqueConstraint(fields=('record', 'field'), name='additional_value_once'),
        ),
        migrations.AddConstraint(
            model_name='additionalvalue',
            constraint=models.CheckConstraint(condition=models.Q(('value', ''), _negated=True), name='additional_value_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='asset',
            constraint=models.UniqueConstraint(models.F('account'), django.db.models.functions.text.Lower('name'), name='asset_name_once_per_account'),
        ),
        migrations.AddConstraint(
            model_name='asset',
            constraint=models.UniqueConstraint(fields=('id', 'account'), name='asset_and_account'),
        ),
        migrations.AddConstraint(
            model_name='asset',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='asset_has_name'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='asset',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_assetsettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id") VALUES (NEW."account_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."site_id"); RETURN NULL;', hash='bc71346cf63997d249fe2b80e5dc0333723e9e19', operation='INSERT', pgid='pgtrigger_insert_insert_7a9d5', table='asset', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='asset',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_assetsettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id") VALUES (NEW."account_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."site_id"); RETURN NULL;', hash='a7b8f5c2d8baa58621f491b1b146a54e668044bf', operation='UPDATE', pgid='pgtrigger_update_update_00bd7', table='asset', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='asset',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_assetsettingsevent" ("account_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id") VALUES (OLD."account_id", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."site_id"); RETURN NULL;', hash='35e22512ae8d743c69565682892605654daf9328', operation='DELETE', pgid='pgtrigger_delete_delete_32dd9', table='asset', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(fields=('record', 'question'), name='answer_once'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.CheckConstraint(condition=models.Q(('values__len__gt', 0)), name='answer_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='requestasset',
            constraint=models.UniqueConstraint(fields=('record', 'asset'), name='request_asset_once'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('select', 'radio', 'check', 'text'))), name='question_kind_exists'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'text'), ('options', [])), models.Q(models.Q(('kind', 'text'), _negated=True), ('max_length', None), ('options__len__gt', 0)), _connector='OR'), name='question_options'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('api_key__regex', '^[A-Za-z0-9_]{1,100}$')), name='question_key_form'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='question_has_text'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='question',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_questionsettingsevent" ("api_key", "deleted_at", "for_requester", "for_technician", "id", "kind", "max_length", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "resource_id", "text") VALUES (NEW."api_key", NEW."deleted_at", NEW."for_requester", NEW."for_technician", NEW."id", NEW."kind", NEW."max_length", NEW."options", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."resource_id", NEW."text"); RETURN NULL;', hash='2ab05316fda45c8efd5f770ab02d7bda99bfffb6', operation='INSERT', pgid='pgtrigger_insert_insert_ec0f8', table='question', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='question',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_questionsettingsevent" ("api_key", "deleted_at", "for_requester", "for_technician", "id", "kind", "max_length", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "resource_id", "text") VALUES (NEW."api_key", NEW."deleted_at", NEW."for_requester", NEW."for_technician", NEW."id", NEW."kind", NEW."max_length", NEW."options", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."resource_id", NEW."text"); RETURN NULL;', hash='bd3c68ddf460e0b66112a28e45eb814935768782', operation='UPDATE', pgid='pgtrigger_update_update_0cc05', table='question', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='question',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_questionsettingsevent" ("api_key", "deleted_at", "for_requester", "for_technician", "id", "kind", "max_length", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "resource_id", "text") VALUES (OLD."api_key", OLD."deleted_at", OLD."for_requester", OLD."for_technician", OLD."id", OLD."kind", OLD."max_length", OLD."options", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."resource_id", OLD."text"); RETURN NULL;', hash='7ba6627e370fc37d6231127ad0063cadc0e8778e', operation='DELETE', pgid='pgtrigger_delete_delete_d995c', table='question', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='subcategory',
            constraint=models.UniqueConstraint(models.F('category'), django.db.models.functions.text.Lower('name'), name='subcategory_name_once'),
        ),
        migrations.AddConstraint(
            model_name='subcategory',
            constraint=models.UniqueConstraint(fields=('id', 'category'), name='subcategory_and_category'),
        ),
        migrations.AddConstraint(
            model_name='subcategory',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='subcategory_has_name'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='subcategory',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_subcategorysettingsevent" ("category_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."category_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position"); RETURN NULL;', hash='6405f68a7556acf326646c06114e47f942ef5b36', operation='INSERT', pgid='pgtrigger_insert_insert_35175', table='subcategory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='subcategory',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_subcategorysettingsevent" ("category_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (NEW."category_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position"); RETURN NULL;', hash='1e732a17c0233cf6e286b64f891beaee41ffb6ca', operation='UPDATE', pgid='pgtrigger_update_update_d10ef', table='subcategory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='subcategory',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_subcategorysettingsevent" ("category_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position") VALUES (OLD."category_id", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position"); RETURN NULL;', hash='ec60e61b8c38761365d9b61e7c114d3a93562072', operation='DELETE', pgid='pgtrigger_delete_delete_b4736', table='subcategory', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.UniqueConstraint(models.F('subcategory'), django.db.models.functions.text.Lower('name'), name='item_name_once'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.UniqueConstraint(fields=('id', 'subcategory'), name='item_and_subcategory'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='item_has_name'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='item',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_itemsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "subcategory_id") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."subcategory_id"); RETURN NULL;', hash='fc9c8bc02e7b63fcd8d6b8724604c17dff9e0c9b', operation='INSERT', pgid='pgtrigger_insert_insert_8ee33', table='item', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='item',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_itemsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "subcategory_id") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."subcategory_id"); RETURN NULL;', hash='b614cc17761c1db24c03cbe7e8f96e141b000b1e', operation='UPDATE', pgid='pgtrigger_update_update_7b853', table='item', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='item',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_itemsettingsevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "subcategory_id") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."subcategory_id"); RETURN NULL;', hash='d627bbc545424a994b95964aa48c6095b4cc3240', operation='DELETE', pgid='pgtrigger_delete_delete_1aad4', table='item', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.UniqueConstraint(models.F('template'), django.db.models.functions.text.Lower('name'), condition=models.Q(('deleted_at', None)), name='resource_name_once'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(('api_key__regex', '^[A-Za-z0-9_]{1,100}$')), name='resource_key_form'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='resource_has_name'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='resource',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_resourcesettingsevent" ("api_key", "deleted_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "template_id") VALUES (NEW."api_key", NEW."deleted_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."template_id"); RETURN NULL;', hash='a107ae70a11c96c729e821a68038c9d3f6147dc0', operation='INSERT', pgid='pgtrigger_insert_insert_db748', table='resource', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='resource',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_resourcesettingsevent" ("api_key", "deleted_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "template_id") VALUES (NEW."api_key", NEW."deleted_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."template_id"); RETURN NULL;', hash='2e0aa5eee1725ff5a918da503cc438d39c9daef4', operation='UPDATE', pgid='pgtrigger_update_update_a173d', table='resource', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='resource',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_resourcesettingsevent" ("api_key", "deleted_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "template_id") VALUES (OLD."api_key", OLD."deleted_at", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."template_id"); RETURN NULL;', hash='bf0515df67b6f904f44d6ec3375bac28bdd4b932', operation='DELETE', pgid='pgtrigger_delete_delete_01e3f', table='resource', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='templateaccount',
            constraint=models.UniqueConstraint(fields=('template', 'account'), name='template_account_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='templateaccount',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_templateaccountsettingsevent" ("account_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "template_id") VALUES (NEW."account_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."template_id"); RETURN NULL;', hash='b56f5b2c156a2a99d11374e2ae34ba8306b18b98', operation='INSERT', pgid='pgtrigger_insert_insert_90f5a', table='request_template_account', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='templateaccount',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_templateaccountsettingsevent" ("account_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "template_id") VALUES (NEW."account_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."template_id"); RETURN NULL;', hash='63bb492bf258d4a19859fd79cf3c3b1ab97b75a6', operation='UPDATE', pgid='pgtrigger_update_update_feb0a', table='request_template_account', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='templateaccount',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_templateaccountsettingsevent" ("account_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "template_id") VALUES (OLD."account_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."template_id"); RETURN NULL;', hash='91f12a67d477eb7e7111bd3ec8020e8c8c4743cc', operation='DELETE', pgid='pgtrigger_delete_delete_4f255', table='request_template_account', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(('deleted_at', None)), name='template_name_once'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.UniqueConstraint(condition=models.Q(('default', True)), fields=('default',), name='template_one_default'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('incident', 'service'))), name='template_kind_exists'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='template_has_name'),
        ),
        migrations.AddConstraint(
            model_name='template',
            constraint=models.CheckConstraint(condition=models.Q(('default', False), models.Q(('deleted_at', None), ('for_requesters', True), ('kind', 'incident')), _connector='OR'), name='template_default_serves_all'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='template',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_templatesettingsevent" ("closing_fields", "default", "deleted_at", "for_requesters", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "requester_fields", "technician_fields") VALUES (NEW."closing_fields", NEW."default", NEW."deleted_at", NEW."for_requesters", NEW."id", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."requester_fields", NEW."technician_fields"); RETURN NULL;', hash='55d1628ee6efa7dda05d66d4599e970e5b6af549', operation='INSERT', pgid='pgtrigger_insert_insert_58283', table='request_template', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='template',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "desk_templatesettingsevent" ("closing_fields", "default", "deleted_at", "for_requesters", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "requester_fields", "technician_fields") VALUES (NEW."closing_fields", NEW."default", NEW."deleted_at", NEW."for_requesters", NEW."id", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."requester_fields", NEW."technician_fields"); RETURN NULL;', hash='ccbc8403e107cdfb8d938ca53e2be722cbbacd5a', operation='UPDATE', pgid='pgtrigger_update_update_7594e', table='request_template', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='template',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "desk_templatesettingsevent" ("closing_fields", "default", "deleted_at", "for_requesters", "id", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "requester_fields", "technician_fields") VALUES (OLD."closing_fields", OLD."default", OLD."deleted_at", OLD."for_requesters", OLD."id", OLD."kind", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."requester_fields", OLD."technician_fields"); RETURN NULL;', hash='dee3217bc1b31ac2df413f761bf733252df5880e', operation='DELETE', pgid='pgtrigger_delete_delete_aa885', table='request_template', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='requestdetails',
            constraint=models.CheckConstraint(condition=models.Q(('subcategory', None), ('category__isnull', False), _connector='OR'), name='request_subcategory_has_category'),
        ),
        migrations.AddConstraint(
            model_name='requestdetails',
            constraint=models.CheckConstraint(condition=models.Q(('item', None), ('subcategory__isnull', False), _connector='OR'), name='request_item_has_subcategory'),
        ),
        *composite_keys(),
        migrations.RunSQL(LABELS, "ALTER TABLE additional_field DROP CONSTRAINT additional_field_label_free"),
        migrations.RunSQL(KEYS_STAY, KEYS_CHANGE),
        migrations.RunSQL("CREATE SEQUENCE template_key AS bigint START 301", "DROP SEQUENCE template_key"),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
