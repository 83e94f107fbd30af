"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

// Everything is put in as text, never as markup: the document describes what others named.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function makeTable(caption, heads, rows) {
  if (!rows.length) return [];
  const table = make("table", {}, make("caption", { class: "what" }, caption));
  table.append(make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))));
  table.append(make("tbody", {}, ...rows.map((cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, cell))))));
  return [table];
}

// Whether a field must be there is of interest in what one sends; what one gets is always whole.
function makeFields(schemas, schema, caption, sent) {
  const rows = schemas.rows(schema).map((row) => [
    make("code", {}, row.name),
    row.type + (sent && row.required ? ", required" : ""),
    [row.note, row.preset === undefined || row.preset === null ? "" : `default ${JSON.stringify(row.preset)}`]
      .filter(Boolean)
      .join("; "),
  ]);
  return makeTable(caption, ["Field", "Type", "Notes"], rows);
}

function bodyOf(part) {
  return part?.content?.["application/json"]?.schema;
}

function writeCurl(schemas, path, method, operation) {
  const lines = [`curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}"${location.origin}${path}"`];
  lines.push('-H "Authorization: Bearer $TRUNKLINE_API_KEY"');
  const schema = bodyOf(operation.requestBody);
  if (schema) {
    const body = JSON.stringify(schemas.example(schema)).replaceAll("'", "'\\''");
    lines.push('-H "Content-Type: application/json"', `-d '${body}'`);
  }
  return lines.join(" \\\n  ");
}

function makeOperation(schemas, path, method, operation) {
  const inside = make("div", { class: "inside" });
  if (operation.description) inside.append(make("p", {}, operation.description));
  const parameters = (operation.parameters ?? []).map((parameter) => [
    make("code", {}, parameter.name),
    `${parameter.in}, ${schemas.describe(parameter.schema ?? {})}${parameter.required ? ", required" : ""}`,
    [parameter.description ?? "", schemas.limits(parameter.schema ?? {})].filter(Boolean).join("; "),
  ]);
  inside.append(...makeTable("Parameters", ["Name", "Where and type", "Notes"], parameters));
  const request = bodyOf(operation.requestBody);
  if (request) inside.append(...makeFields(schemas, request, "Request body", true));
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    const schema = bodyOf(response);
    if (schema && status.startsWith("2")) inside.append(...makeFields(schemas, schema, `Answer ${status}`, false));
  }
  const errors = Object.entries(operation.responses ?? {})
    .filter(([status]) => status >= "4")
    .map(([status, response]) => [make("code", {}, status), response.description]);
  inside.append(...makeTable("Errors", ["Status", "Meaning"], errors));
  inside.append(make("p", { class: "what" }, "Try it"));
  inside.append(make("pre", { tabindex: "0" }, make("code", {}, writeCurl(schemas, path, method, operation))));
  const summary = make("summary", {}, make("span", { class: "method" }, method.toUpperCase()), make("code", {}, path));
  if (operation.summary) summary.append(make("span", { class: "what" }, ` ${operation.summary}`));
  const details = make("details", { id: `${method}-${path}` }, summary, inside);
  details.dataset.text = `${method} ${path} ${operation.summary ?? ""} ${operation.description ?? ""}`.toLowerCase();
  return details;
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
  document.getElementById("version").textContent = document_.info?.version ?? "";
  const main = document.getElementById("operations");
  const nav = document.getElementById("groups");
  main.replaceChildren();
  for (const [tag, operations] of groups) {
    const id = `group-${tag.toLowerCase().replaceAll(" ", "-")}`;
    main.append(make("section", { "aria-labelledby": id }, make("h2", { id }, tag), ...operations));
    nav.append(make("a", { href: `#${id}` }, tag));
  }
}

document.getElementById("find").addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of document.querySelectorAll("main section")) {
    const operations = [...section.querySelectorAll("details")];
    for (const operation of operations) {
      operation.hidden = !words.every((word) => operation.dataset.text.includes(word));
    }
    section.hidden = operations.every((operation) => operation.hidden);
  }
});

fetch("/openapi.json")
  .then((response) => response.json())
  .then(show)
  .catch(() => {
    document.getElementById("state").textContent = "The description of the API could not be loaded. Try again.";
  });
