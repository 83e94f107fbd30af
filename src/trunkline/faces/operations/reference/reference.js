"use strict";

// Where the server is: this page is at `<that>/docs`.
const SERVER = new URL(".", location.href).href.replace(/\/$/, "");
const METHODS = ["get", "post", "put", "patch", "delete"];

// Everything is put in as text, never as markup: the document describes what others named.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// What stands between backticks is code.
function makeNote(parts) {
  const said = parts.filter(Boolean).map((part, at, all) => (at === all.length - 1 ? part : part.replace(/\.$/, "")));
  return make("span", {}, ...said.join("; ").split("`").map((text, at) => (at % 2 ? make("code", {}, text) : text)));
}

function makeTable(caption, heads, rows) {
  if (!rows.length) return [];
  const table = make("table", {}, make("caption", {}, caption));
  table.append(make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))));
  table.append(make("tbody", {}, ...rows.map((cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, cell))))));
  return [table];
}

// Whether a field must be there is of interest in what one sends; what one gets is always whole.
function makeFields(schemas, schema, caption, sent) {
  const rows = schemas.rows(schema).map((row) => [
    make("code", {}, row.name),
    row.type + (sent && row.required ? ", required" : ""),
    makeNote([...row.notes, row.preset === undefined || row.preset === null ? "" : `default ${JSON.stringify(row.preset)}`]),
  ]);
  return makeTable(caption, ["Field", "Type", "Notes"], rows);
}

function bodyOf(part) {
  return part?.content?.["application/json"]?.schema;
}

function exampleOf(part) {
  return part?.content?.["application/json"]?.example;
}

function makeCode(text) {
  return make("pre", { tabindex: "0" }, make("code", {}, text));
}

function writeCurl(schemas, path, method, operation) {
  const lines = [`curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}"${SERVER}${path.replace("{model}", "default")}"`];
  lines.push('-H "Authorization: Bearer $TRUNKLINE_API_KEY"');
  const schema = bodyOf(operation.requestBody);
  if (schema) {
    const example = exampleOf(operation.requestBody) ?? schemas.example(schema);
    const body = JSON.stringify(example).replaceAll("'", "'\\''");
    lines.push('-H "Content-Type: application/json"', `-d '${body}'`);
  }
  return lines.join(" \\\n  ");
}

function makeInside(schemas, path, method, operation) {
  const inside = make("div", { class: "inside" });
  if (operation.description) inside.append(make("p", {}, ...makeNote([operation.description]).childNodes));
  const parameters = (operation.parameters ?? []).map((parameter) => [
    make("code", {}, parameter.name),
    `${parameter.in}, ${schemas.describe(parameter.schema ?? {})}${parameter.required ? ", required" : ""}`,
    makeNote([parameter.description, schemas.limits(parameter.schema ?? {})]),
  ]);
  inside.append(...makeTable("Parameters", ["Name", "Where and type", "Notes"], parameters));
  const request = bodyOf(operation.requestBody);
  if (request) inside.append(...makeFields(schemas, request, "Request body", true));
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    const schema = bodyOf(response);
    if (schema && status.startsWith("2")) inside.append(...makeFields(schemas, schema, `Response ${status}`, false));
  }
  inside.append(make("p", { class: "label" }, "Example"), makeCode(writeCurl(schemas, path, method, operation)));
  const answered = exampleOf(operation.responses?.["200"]);
  if (answered) inside.append(make("p", { class: "label" }, "Response"), makeCode(JSON.stringify(answered, null, 2)));
  const errors = Object.keys(operation.responses ?? {}).filter((status) => status >= "4" && status !== "default");
  if (errors.length) {
    inside.append(make("p", {}, make("a", { href: "#errors" }, "Errors"), `: ${errors.join(", ")}`));
  }
  return inside;
}

// What an operation takes and gives, by the names of its fields.
function namesOf(schemas, operation) {
  const bodies = [operation.requestBody, ...Object.entries(operation.responses ?? {}).filter(([status]) => status < "3").map(([, body]) => body)];
  const fields = bodies.map(bodyOf).filter(Boolean).flatMap((schema) => schemas.rows(schema));
  return [...(operation.parameters ?? []), ...fields].map(({ name }) => name);
}

function makeOperation(schemas, path, method, operation) {
  const summary = make("summary", {}, make("span", { class: `method ${method}` }, method.toUpperCase()), make("code", {}, path));
  if (operation.summary) summary.append(make("span", { class: "what" }, operation.summary));
  const details = make("details", { id: `${method}-${path}` }, summary);
  details.dataset.text =
    `${method} ${path} ${operation.summary ?? ""} ${operation.description ?? ""} ${namesOf(schemas, operation).join(" ")}`.toLowerCase();
  // Of more than two hundred operations one opens a few.
  details.addEventListener("toggle", () => details.append(makeInside(schemas, path, method, operation)), { once: true });
  return details;
}

// What a status means is the same wherever it occurs.
function makeErrors(document_) {
  const meanings = new Map();
  for (const operations of Object.values(document_.paths ?? {})) {
    for (const operation of Object.values(operations)) {
      for (const [status, response] of Object.entries(operation.responses ?? {})) {
        if (status >= "4" && status !== "default" && !meanings.has(status)) meanings.set(status, response.description);
      }
    }
  }
  const rows = [...meanings].sort().map(([status, meaning]) => [make("code", {}, status), meaning]);
  const shape = { statusCode: 400, message: "…", error: "Bad Request", errors: [{ field: "name", message: "…" }], requestId: "…" };
  return make(
    "section",
    { "aria-labelledby": "errors", class: "always" },
    make("h2", { id: "errors" }, "Errors"),
    make(
      "div",
      { class: "card text" },
      make("p", {}, "The list ", make("code", {}, "errors"), " names every wrong field. Below ", make("code", {}, "/v1"), ", ", make("code", {}, "/v1beta"), " and ", make("code", {}, "/ollama"), ", errors have the format of the SDK that asks."),
      makeCode(JSON.stringify(shape, null, 2)),
      ...makeTable("", ["Status", "Meaning"], rows),
    ),
  );
}

function show(document_) {
  const schemas = new Schemas(document_);
  const groups = new Map();
  for (const [path, operations] of Object.entries(document_.paths ?? {})) {
    for (const method of METHODS.filter((name) => operations[name])) {
      const tag = operations[method].tags?.[0] ?? "Other";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(makeOperation(schemas, path, method, operations[method]));
    }
  }
  document.getElementById("version").textContent = ` (version ${document_.info?.version ?? ""})`;
  const nav = document.getElementById("groups");
  const found = document.getElementById("found");
  found.replaceChildren(make("p", { id: "none", class: "what", role: "status" }), makeErrors(document_));
  nav.append(make("a", { href: "#errors" }, "Errors"));
  for (const [tag, operations] of groups) {
    const id = `group-${tag.toLowerCase().replaceAll(" ", "-")}`;
    found.append(make("section", { "aria-labelledby": id }, make("h2", { id }, tag), make("div", { class: "card" }, ...operations)));
    nav.append(make("a", { href: `#${id}` }, tag, make("span", { class: "count", "aria-hidden": "true" }, String(operations.length))));
  }
}

function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const section of document.querySelectorAll("main section:not(.always)")) {
    const operations = [...section.querySelectorAll("details")];
    for (const operation of operations) {
      operation.hidden = !words.every((word) => operation.dataset.text.includes(word));
      found += operation.hidden ? 0 : 1;
    }
    section.hidden = operations.every((operation) => operation.hidden);
  }
  for (const section of document.querySelectorAll("main section.always")) section.hidden = words.length > 0;
  const state = document.getElementById("none");
  if (!state) return;
  if (!words.length) state.textContent = "";
  else if (found) state.textContent = found === 1 ? "1 operation" : `${found} operations`;
  else state.textContent = `Nothing found for “${text.trim()}”. Search for a path, a method, a field or a word of a description.`;
}

// A link to an operation opens it; a group is marked in the list of them.
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const group = target?.closest("section")?.getAttribute("aria-labelledby");
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${group}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  if (target instanceof HTMLDetailsElement) target.open = true;
  target?.scrollIntoView();
}

document.getElementById("find").addEventListener("input", (event) => find(event.target.value));
addEventListener("hashchange", open);

fetch(`${SERVER}/openapi.json`)
  .then((response) => response.json())
  .then((document_) => {
    show(document_);
    open();
  })
  .catch(() => {
    document.querySelector("#found [role=status]").textContent = "The API description could not be loaded. Reload the page.";
  });
