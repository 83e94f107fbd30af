import type { Command } from "@/shared/commands";

/** How many of each group are shown. */
const LIMIT = 8;

/** Whether each word of `text` stands in what the command is called. */
export function matches(command: Command, text: string): boolean {
  const called = [command.label, command.about ?? "", ...(command.keywords ?? [])].join(" ").toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => called.includes(word));
}

/** Those of `known` that `text` names, then what was `found` for it, by their groups. Names that begin with it come first. */
export function grouped(known: Command[], found: Command[], text: string): [string, Command[]][] {
  const words = text.trim();
  const begins = (command: Command) => command.label.toLowerCase().startsWith(words.toLowerCase());
  const named = words === "" ? known : known.filter((command) => matches(command, words));
  const ordered = words === "" ? named : [...named.filter(begins), ...named.filter((command) => !begins(command))];
  const groups = new Map<string, Command[]>();
  for (const command of [...ordered, ...found]) {
    const group = groups.get(command.group);
    if (group === undefined) groups.set(command.group, [command]);
    else group.push(command);
  }
  // An empty field shows every page: that is how the console is learned.
  return [...groups].map(([group, commands]) => [group, words === "" ? commands : commands.slice(0, LIMIT)]);
}
