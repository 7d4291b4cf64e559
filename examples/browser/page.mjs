// What is seen; the work is done in worker.mjs, so that the page stays awake.
const at = (selector) => document.querySelector(selector);
const form = at("form");
const worker = new Worker("worker.mjs", { type: "module" });

const show = (status, errors = "", rows = [], json = "") => {
  at("[role=status]").textContent = status;
  at("[role=alert]").textContent = errors;
  at("#json").textContent = json;
  // As text, never as markup: a case may hold anything.
  at("tbody").replaceChildren(...rows.map((cells) => {
    const row = document.createElement("tr");
    row.append(...cells.map((cell) => Object.assign(document.createElement("td"), { textContent: cell })));
    return row;
  }));
};

worker.onerror = (event) => show("Python could not be loaded", event.message);
worker.onmessage = ({ data }) => {
  if (data.names) {
    form.protocol.append(...data.names.map((name) => new Option(name)));
    show(`Ready: ${data.versions}`);
  } else if (data.errors) {
    show("This cannot be used", data.errors);
  } else {
    show(`${data.rows.length} duties`, "", data.rows, data.json);
  }
  form.querySelector("button").disabled = false;
};

form.as_of.value = `${new Date().toISOString().slice(0, 19)}Z`;
form.onsubmit = (event) => {
  event.preventDefault();
  form.querySelector("button").disabled = true;
  show("Working …");
  worker.postMessage([form.protocol.value, form.as_of.value, form.case.value]);
};
