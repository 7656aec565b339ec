"""What the worker does for the population figures: reads what was uploaded."""

from core.jobs import handler
from panel.services.population import uploads

handler(uploads.JOB_KIND, uploads.read_upload)
