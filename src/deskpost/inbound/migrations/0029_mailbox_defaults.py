"""Mailboxes give new requests a category and a template."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0017_modules'),
        ('inbound', '0028_requests_of_error_mails'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='mailbox',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='mailbox',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='mailbox',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='mailbox',
            name='default_category',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='desk.category'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='default_template',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='desk.template'),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='default_category',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.category'),
        ),
        migrations.AddField(
            model_name='mailboxsettingsevent',
            name='default_template',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.template'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailbox',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_mailboxsettingsevent" ("account_id", "acknowledge_old", "addresses", "after_fetching", "allowed_addresses", "allowed_domains", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "debug_until", "default_category_id", "default_group_id", "default_priority_id", "default_site_id", "default_template_id", "error_folder", "error_folder_name", "error_notify", "error_request", "error_stop_after", "fetch_every", "fetching", "first_fetch", "forwards_by_technicians", "grant", "graph_endpoint", "id", "instance_id", "leave_days", "mailbox_to_open", "max_size_mb", "move_to", "name", "new_requests_disabled", "own_check", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "push", "removed_at", "scope", "server", "silence_hours", "source_folder", "source_number", "tls", "token_url", "trusted_authserv_ids", "username", "verify_certificate") VALUES (NEW."account_id", NEW."acknowledge_old", NEW."addresses", NEW."after_fetching", NEW."allowed_addresses", NEW."allowed_domains", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."debug_until", NEW."default_category_id", NEW."default_group_id", NEW."default_priority_id", NEW."default_site_id", NEW."default_template_id", NEW."error_folder", NEW."error_folder_name", NEW."error_notify", NEW."error_request", NEW."error_stop_after", NEW."fetch_every", NEW."fetching", NEW."first_fetch", NEW."forwards_by_technicians", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."leave_days", NEW."mailbox_to_open", NEW."max_size_mb", NEW."move_to", NEW."name", NEW."new_requests_disabled", NEW."own_check", NEW."password", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."push", NEW."removed_at", NEW."scope", NEW."server", NEW."silence_hours", NEW."source_folder", NEW."source_number", NEW."tls", NEW."token_url", NEW."trusted_authserv_ids", NEW."username", NEW."verify_certificate"); RETURN NULL;', hash='027526a3ddb4b05a4cd01c2b0f8a4285dcdbdc86', operation='INSERT', pgid='pgtrigger_insert_insert_0c9fb', table='mailbox', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailbox',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "inbound_mailboxsettingsevent" ("account_id", "acknowledge_old", "addresses", "after_fetching", "allowed_addresses", "allowed_domains", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "debug_until", "default_category_id", "default_group_id", "default_priority_id", "default_site_id", "default_template_id", "error_folder", "error_folder_name", "error_notify", "error_request", "error_stop_after", "fetch_every", "fetching", "first_fetch", "forwards_by_technicians", "grant", "graph_endpoint", "id", "instance_id", "leave_days", "mailbox_to_open", "max_size_mb", "move_to", "name", "new_requests_disabled", "own_check", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "push", "removed_at", "scope", "server", "silence_hours", "source_folder", "source_number", "tls", "token_url", "trusted_authserv_ids", "username", "verify_certificate") VALUES (NEW."account_id", NEW."acknowledge_old", NEW."addresses", NEW."after_fetching", NEW."allowed_addresses", NEW."allowed_domains", NEW."authentication", NEW."authorization_url", NEW."ca_file", NEW."client_id", NEW."client_secret", NEW."client_secret_ends", NEW."connect_url", NEW."debug_until", NEW."default_category_id", NEW."default_group_id", NEW."default_priority_id", NEW."default_site_id", NEW."default_template_id", NEW."error_folder", NEW."error_folder_name", NEW."error_notify", NEW."error_request", NEW."error_stop_after", NEW."fetch_every", NEW."fetching", NEW."first_fetch", NEW."forwards_by_technicians", NEW."grant", NEW."graph_endpoint", NEW."id", NEW."instance_id", NEW."leave_days", NEW."mailbox_to_open", NEW."max_size_mb", NEW."move_to", NEW."name", NEW."new_requests_disabled", NEW."own_check", NEW."password", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."port", NEW."protocol", NEW."proxy", NEW."push", NEW."removed_at", NEW."scope", NEW."server", NEW."silence_hours", NEW."source_folder", NEW."source_number", NEW."tls", NEW."token_url", NEW."trusted_authserv_ids", NEW."username", NEW."verify_certificate"); RETURN NULL;', hash='2e33b96fd94631bb53e4d840ce7c8bb99d307287', operation='UPDATE', pgid='pgtrigger_update_update_aa861', table='mailbox', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailbox',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_mailboxsettingsevent" ("account_id", "acknowledge_old", "addresses", "after_fetching", "allowed_addresses", "allowed_domains", "authentication", "authorization_url", "ca_file", "client_id", "client_secret", "client_secret_ends", "connect_url", "debug_until", "default_category_id", "default_group_id", "default_priority_id", "default_site_id", "default_template_id", "error_folder", "error_folder_name", "error_notify", "error_request", "error_stop_after", "fetch_every", "fetching", "first_fetch", "forwards_by_technicians", "grant", "graph_endpoint", "id", "instance_id", "leave_days", "mailbox_to_open", "max_size_mb", "move_to", "name", "new_requests_disabled", "own_check", "password", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "port", "protocol", "proxy", "push", "removed_at", "scope", "server", "silence_hours", "source_folder", "source_number", "tls", "token_url", "trusted_authserv_ids", "username", "verify_certificate") VALUES (OLD."account_id", OLD."acknowledge_old", OLD."addresses", OLD."after_fetching", OLD."allowed_addresses", OLD."allowed_domains", OLD."authentication", OLD."authorization_url", OLD."ca_file", OLD."client_id", OLD."client_secret", OLD."client_secret_ends", OLD."connect_url", OLD."debug_until", OLD."default_category_id", OLD."default_group_id", OLD."default_priority_id", OLD."default_site_id", OLD."default_template_id", OLD."error_folder", OLD."error_folder_name", OLD."error_notify", OLD."error_request", OLD."error_stop_after", OLD."fetch_every", OLD."fetching", OLD."first_fetch", OLD."forwards_by_technicians", OLD."grant", OLD."graph_endpoint", OLD."id", OLD."instance_id", OLD."leave_days", OLD."mailbox_to_open", OLD."max_size_mb", OLD."move_to", OLD."name", OLD."new_requests_disabled", OLD."own_check", OLD."password", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."port", OLD."protocol", OLD."proxy", OLD."push", OLD."removed_at", OLD."scope", OLD."server", OLD."silence_hours", OLD."source_folder", OLD."source_number", OLD."tls", OLD."token_url", OLD."trusted_authserv_ids", OLD."username", OLD."verify_certificate"); RETURN NULL;', hash='4f820f2b8762ca5433030667b76a53df8890efc0', operation='DELETE', pgid='pgtrigger_delete_delete_69a5d', table='mailbox', when='AFTER')),
        ),
    ]
