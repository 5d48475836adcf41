"""The formats that findings are shown in: one file each, with `render(findings) -> str`."""
