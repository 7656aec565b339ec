"""Administration: settings, audit log, mails and jobs."""
