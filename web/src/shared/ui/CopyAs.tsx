import { Button, Menu } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { useCopy } from "@/shared/clipboard/useCopy";
import { LANGUAGE_NAMES, LANGUAGES, type Sent, snippet } from "@/shared/snippets";
import { texts } from "@/shared/texts";

/** "Copy as curl / Python / TypeScript" of the request that this page makes. */
export function CopyAs({ sent }: { sent: Sent }) {
  const { copied, copy } = useCopy();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" rightSection={<ChevronDown size={14} aria-hidden />}>
          {copied ? texts.copied : texts.copyAs}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGES.map((language) => (
          <Menu.Item key={language} onClick={() => copy(snippet(language, sent))}>
            {LANGUAGE_NAMES[language]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
