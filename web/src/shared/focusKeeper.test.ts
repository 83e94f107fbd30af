// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepFocus } from "./focusKeeper";

let stop: () => void;

beforeEach(() => {
  document.body.innerHTML = `
    <button id="menu">Actions</button>
    <main id="page" tabindex="-1"><ul><li id="row"><button id="delete">Delete</button></li></ul><input id="field"></main>
  `;
  stop = keepFocus();
});
afterEach(() => stop());

const part = (id: string) => document.getElementById(id) as HTMLElement;

/** Observers of changes have been told. */
const told = () => new Promise((done) => setTimeout(done));

/** A dialog beside the page, as libraries put it, with a button that has the focus. */
function openDialog(): HTMLElement {
  const dialog = document.createElement("div");
  dialog.tabIndex = -1;
  dialog.innerHTML = "<button>Close</button>";
  document.body.append(dialog);
  dialog.querySelector("button")?.focus();
  return dialog;
}

test("a dialog that goes away gives the focus back to what opened it", async () => {
  part("menu").focus();
  openDialog().remove();
  await told();
  expect(document.activeElement).toBe(part("menu"));
});

test("where that is gone, too, it goes to what was around it", async () => {
  part("delete").focus();
  const dialog = openDialog();
  part("row").remove();
  dialog.remove();
  await told();
  expect(document.activeElement).toBe(part("page"));
});

test("a button that waits has it again when it can be pressed again", async () => {
  const button = part("delete") as HTMLButtonElement;
  button.focus();
  button.disabled = true;
  button.dataset["loading"] = "true";
  button.blur();
  await told();
  expect(document.activeElement).toBe(document.body);
  button.disabled = false;
  await told();
  expect(document.activeElement).toBe(button);
});

test("one that has done all there is to do hands it to what is around it", async () => {
  const button = part("delete") as HTMLButtonElement;
  button.focus();
  button.disabled = true;
  button.blur();
  await told();
  expect(document.activeElement).toBe(part("page"));
});

test("who leaves a field for nothing keeps nothing focused", async () => {
  part("field").focus();
  part("field").blur();
  await told();
  part("field").remove();
  await told();
  expect(document.activeElement).toBe(document.body);
});

test("what has the focus keeps it, whatever goes away", async () => {
  part("delete").focus();
  part("field").focus();
  part("row").remove();
  await told();
  expect(document.activeElement).toBe(part("field"));
});
