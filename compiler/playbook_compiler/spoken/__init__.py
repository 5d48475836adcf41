"""The playbook in plain words: what documents and checklists for people are written from."""
