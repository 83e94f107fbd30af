import { LANGUAGE_NAMES, LANGUAGES, type Sent, snippet } from "@/shared/snippets";
import { texts } from "@/shared/texts";
import { CodeTabs } from "./CodeTabs";

/** The request as code, in three languages to choose from, with a button that copies it. */
export function SnippetTabs({ sent }: { sent: Sent }) {
  return <CodeTabs label={texts.copyAs} codes={LANGUAGES.map((language) => ({ name: LANGUAGE_NAMES[language], code: snippet(language, sent) }))} />;
}
