// Evaluates one case in Pyodide under node: node evaluate.mjs MODULES WHEELS CASE PROTOCOL AS-OF RESULT
// The result goes to a file, and what ran is printed. Nothing can reach a network.
import net from "node:net";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, wheels, caseFile, protocol, asOf, resultFile] = process.argv.slice(2);

process.on("uncaughtException", (error) => {
  // Left alone, node shows the line that threw: all of Pyodide.
  console.error(error.message);
  process.exit(1);
});
const refuse = (what) => () => {
  throw new Error(`a network was asked for: ${what}`);
};
globalThis.fetch = refuse("fetch");
net.Socket.prototype.connect = refuse("socket");

const bytes = (path) => new Uint8Array(readFileSync(path));
const home = join(modules, "pyodide");
const { loadPyodide, version } = await import(pathToFileURL(join(home, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: home });
const site = pyodide.runPython("import site; site.getsitepackages()[0]");
for (const name of readdirSync(wheels).sort()) {
  pyodide.unpackArchive(bytes(join(wheels, name)), "wheel", { extractDir: site });
}
console.log(`pyodide: ${version} in node ${process.version}`);
pyodide.FS.writeFile("case.yaml", bytes(caseFile));
pyodide.globals.set("asked", pyodide.toPy([protocol, asOf]));
pyodide.runPython(readFileSync(new URL("inside.py", import.meta.url), "utf8"));
writeFileSync(resultFile, pyodide.FS.readFile("result.json"));
