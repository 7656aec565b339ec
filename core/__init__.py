"""The ground floor: database, settings, clock, accounts, access, audit log, outbox, jobs and the web edge."""
