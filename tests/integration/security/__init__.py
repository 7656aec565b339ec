"""What a reviewer would try: roles, links, forms, traces, files."""
