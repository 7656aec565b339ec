"""The analyst's own files: data, margins and a plan in, weights, tables and a readable report out."""
