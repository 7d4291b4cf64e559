// Loads Python and the library once, from beside this file, and answers one case after the other.
import { loadPyodide, version } from "./pyodide/pyodide.mjs";

const here = (name) => new URL(name, import.meta.url);
const pyodide = await loadPyodide({ indexURL: here("pyodide/").pathname });
const site = pyodide.runPython("import site; site.getsitepackages()[0]");
for (const wheel of await (await fetch(here("wheels.json"))).json()) {
  const bytes = await (await fetch(here(`wheels/${wheel}`))).arrayBuffer();
  pyodide.unpackArchive(bytes, "wheel", { extractDir: site });
}
pyodide.runPython(await (await fetch(here("ask.py"))).text());
const ask = pyodide.globals.get("ask");

onmessage = ({ data }) => {
  const answer = ask(...data);
  postMessage(answer.toJs({ dict_converter: Object.fromEntries }));
  answer.destroy();
};
const names = pyodide.runPython("names()").toJs();
postMessage({ names, versions: `Pyodide ${version}, ${pyodide.runPython("versions()")}` });
