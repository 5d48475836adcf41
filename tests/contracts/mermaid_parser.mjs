// Reads flowcharts with Mermaid's own parser: `node mermaid_parser.mjs FOLDER_OF_NODE_MODULES FILE...`
// Prints a line for each picture that it cannot read, or of which it finds other nodes or edges.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, ...files] = process.argv.slice(2);
const require = createRequire(`${folder}/`);
const { JSDOM } = require("jsdom");
const page = new JSDOM("<!DOCTYPE html><body></body>");
globalThis.window = page.window;
globalThis.document = page.window.document;
const { default: mermaid } = await import(
  pathToFileURL(`${folder}/mermaid/dist/mermaid.core.mjs`).href
);
mermaid.initialize({ securityLevel: "strict", maxTextSize: 5_000_000, maxEdges: 100_000 });
for (const file of files) {
  const text = readFileSync(file, "utf8");
  try {
    await mermaid.parse(text);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    const nodes = (text.match(/^    n\d+/gm) ?? []).length;
    const edges = (text.match(/^  n\d+ -->/gm) ?? []).length;
    const found = [db.getVertices().size, db.getEdges().length];
    if (found[0] !== nodes || found[1] !== edges) {
      console.log(`${file}: ${found} nodes and edges instead of ${[nodes, edges]}`);
    }
  } catch (problem) {
    console.log(`${file}: ${String(problem).slice(0, 300)}`);
  }
}
console.log(`${files.length} pictures read`);
