"""The configuration of the Dovecot that tests start, to be filled by `str.format`."""

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap pop3
listen = 127.0.0.1, ::1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_process_limit = 200
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_max_userip_connections = {connections_per_user}
maildir_very_dirty_syncs = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
auth_username_format = %Ln
ssl = {ssl}
ssl_cert = <{certificate}
ssl_key = <{key}
ssl_dh =
lda_mailbox_autocreate = yes
pop3_uidl_format = %08Xu%08Xv
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%n {folder}/users
}}
passdb {{
  driver = static
  args = password={password}
  username_filter = user*
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%n
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {sasl}
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = {ssl}
  }}
}}
service pop3-login {{
  chroot =
  service_count = 0
  inet_listener pop3 {{
    port = {pop}
  }}
  inet_listener pop3s {{
    port = {pops}
    ssl = {ssl}
  }}
}}
{extra}
"""

TOKENS = """
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""

TOKENS_ASKED = """
introspection_url = {url}
introspection_mode = post
force_introspection = yes
active_attribute = active
active_value = true
username_attribute = username
username_format = %Ln
"""

SHARED = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/shared.conf
}}
"""
"""Asked after `TOKENS`: the mailbox that is shared with the token's owner is opened by it as well."""
