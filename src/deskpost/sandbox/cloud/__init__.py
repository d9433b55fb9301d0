"""A simulated mail cloud: Microsoft's sign-in, Graph mail and Exchange Web Services, over one store of mailboxes.

There is no free server for these, so this one is faithful enough that clients written by others work with it
unchanged. `cloud.py` holds its state, `server.py` answers; `sign_in`, `graph`, `ews` and `admin` are what is served.
Nothing in here knows Deskpost's database or Django.
"""
