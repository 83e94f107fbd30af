import { Tabs } from "@mantine/core";
import { CodeBlock } from "./CodeBlock";

/** Ids are made of the values, and must have no blanks. */
const valueOf = (at: number): string => `${at}`;

/** The same thing for several programs to choose from, each with a button that copies it. */
export function CodeTabs({ label, codes }: { label: string; codes: readonly { name: string; code: string }[] }) {
  return (
    <Tabs defaultValue={valueOf(0)} keepMounted={false}>
      <Tabs.List aria-label={label} mb="xs">
        {codes.map(({ name }, at) => (
          <Tabs.Tab key={name} value={valueOf(at)}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {codes.map(({ name, code }, at) => (
        <Tabs.Panel key={name} value={valueOf(at)}>
          <CodeBlock code={code} label={name} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
