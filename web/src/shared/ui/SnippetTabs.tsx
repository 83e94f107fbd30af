import { Tabs } from "@mantine/core";
import { LANGUAGE_NAMES, LANGUAGES, type Sent, snippet } from "@/shared/snippets";
import { texts } from "@/shared/texts";
import { CodeBlock } from "./CodeBlock";

/** The request as code, in three languages to choose from, with a button that copies it. */
export function SnippetTabs({ sent }: { sent: Sent }) {
  return (
    <Tabs defaultValue="curl" keepMounted={false}>
      <Tabs.List aria-label={texts.copyAs} mb="xs">
        {LANGUAGES.map((language) => (
          <Tabs.Tab key={language} value={language}>
            {LANGUAGE_NAMES[language]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {LANGUAGES.map((language) => (
        <Tabs.Panel key={language} value={language}>
          <CodeBlock code={snippet(language, sent)} label={LANGUAGE_NAMES[language]} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
