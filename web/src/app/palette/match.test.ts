import { expect, test } from "vitest";
import type { Command } from "@/shared/commands";
import { grouped, matches } from "./match";

const command = (label: string, group = "Pages", keywords: string[] = []): Command => ({ id: label, label, group, keywords, run: "/" });

test.each([
  ["usage", true],
  ["COST us", true],
  ["observe", true],
  ["keys", false],
])("%j finds usage: %s", (text, found) => {
  expect(matches(command("Usage & cost", "Pages", ["Observe"]), text)).toBe(found);
});

test("names that begin with what is typed come first, what the server found last", () => {
  const groups = grouped([command("API keys"), command("Keys of the keyboard")], [command("key-1", "Configurations")], "key");
  expect(groups.map(([group, commands]) => [group, commands.map((each) => each.label)])).toEqual([
    ["Pages", ["Keys of the keyboard", "API keys"]],
    ["Configurations", ["key-1"]],
  ]);
});

test("an empty field shows all that is known", () => {
  const many = Array.from({ length: 20 }, (_, index) => command(`Page ${index}`));
  expect(grouped(many, [], " ")[0]?.[1]).toHaveLength(20);
  expect(grouped(many, [], "page")[0]?.[1]).toHaveLength(8);
});
