"use strict";

// Where the server is: this page is at `<that>/setup`.
const SERVER = new URL(".", location.href).href.replace(/\/$/, "");
const form = document.getElementById("form");
const fields = ["token", "email", "password"];
const input = (name) => document.getElementById(name);

// The token leaves the address bar, and so the history, at once.
const given = new URLSearchParams(location.search || location.hash.slice(1)).get("token") ?? "";
if (given) {
  input("token").value = given;
  document.getElementById("token-field").hidden = true;
  history.replaceState(null, "", location.pathname);
}
input(given ? "email" : "token").focus();

const show = document.getElementById("show");
show.addEventListener("click", () => {
  const visible = input("password").type === "text";
  input("password").type = visible ? "password" : "text";
  show.textContent = visible ? "Show" : "Hide";
  show.setAttribute("aria-pressed", String(!visible));
});

const words = ["At least 8 characters. A few words are good.", "Short: add a word or two.", "Fair.", "Good."];
input("password").addEventListener("input", () => {
  const text = input("password").value;
  const variety = new Set(text).size;
  let level = 0;
  if (text.length >= 8) level = variety < 5 || text.length < 11 ? 1 : text.length < 15 ? 2 : 3;
  document.getElementById("strength").dataset.level = String(level);
  document.getElementById("password-hint").textContent = words[level];
});

function complain(name, message) {
  input(name).setAttribute("aria-invalid", message ? "true" : "false");
  document.getElementById(`${name}-error`).textContent = message;
}

function complainAtLarge(message) {
  const problem = document.getElementById("problem");
  problem.textContent = message;
  problem.hidden = !message;
}

function focusFirstError() {
  const first = fields.find((name) => input(name).getAttribute("aria-invalid") === "true");
  if (first) {
    if (first === "token") document.getElementById("token-field").hidden = false;
    input(first).focus();
  }
}

function check() {
  complain("token", input("token").value.trim() ? "" : "Enter the token that the server printed.");
  complain("email", input("email").value.includes("@") ? "" : "Enter an email address, such as ann@example.com.");
  complain("password", [...input("password").value].length >= 8 ? "" : "Use at least 8 characters.");
  return fields.every((name) => input(name).getAttribute("aria-invalid") === "false");
}

async function send(path, body, token) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(SERVER + path, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await response.json().catch(() => ({ message: `The server answered ${response.status}.` }));
  if (!response.ok) throw Object.assign(new Error(answer.message), { errors: answer.errors ?? [] });
  return answer;
}

function showDone(key) {
  const body = JSON.stringify({ model: "demo", messages: [{ role: "user", content: "Hello!" }] });
  document.getElementById("command").textContent = [
    `curl ${SERVER}/v1/chat/completions \\`,
    `  -H "Authorization: Bearer ${key ?? "$TRUNKLINE_API_KEY"}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${body}'`,
  ].join("\n");
  if (!key) {
    document.getElementById("key-note").textContent = "Put the API key that the server printed at its start in it.";
  }
  document.getElementById("ask").hidden = true;
  document.getElementById("done").hidden = false;
  document.title = "Trunkline is set up";
  document.getElementById("done-title").focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  complainAtLarge("");
  if (!check()) {
    focusFirstError();
    return;
  }
  const button = document.getElementById("send");
  button.disabled = true;
  try {
    const session = await send("/api/auth/setup", {
      token: input("token").value.trim(),
      email: input("email").value.trim(),
      password: input("password").value,
    });
    const key = await send("/api/keys", { name: "Set-up page" }, session.accessToken).catch(() => null);
    showDone(key?.key);
  } catch (error) {
    const elsewhere = [];
    for (const { field, message } of error.errors ?? []) {
      if (fields.includes(field)) complain(field, message[0].toUpperCase() + message.slice(1));
      else elsewhere.push(message);
    }
    if (!error.errors?.length) {
      elsewhere.push(error instanceof TypeError ? "The server cannot be reached. Is it running?" : error.message);
    }
    complainAtLarge(elsewhere.join(" "));
    focusFirstError();
  } finally {
    button.disabled = false;
  }
});

document.getElementById("copy").addEventListener("click", async () => {
  const copied = document.getElementById("copied");
  try {
    await navigator.clipboard.writeText(document.getElementById("command").textContent);
    copied.textContent = "Copied.";
  } catch {
    copied.textContent = "Your browser does not allow it: select the text and copy it.";
  }
});
