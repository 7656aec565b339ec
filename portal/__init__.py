"""The pages that cross packages: views and templates only, no models."""
