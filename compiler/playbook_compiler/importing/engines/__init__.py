"""The engines that playbooks are read from: one file or folder an engine, found here."""
