"""The engines that can be pushed to: one file each, found here by its file."""
