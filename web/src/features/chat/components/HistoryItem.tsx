import { ActionIcon, Menu, Text } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { notifyFailed } from "@/shared/ui/notify";
import { useWorkspace } from "@/shared/workspace";
import type { Conversation } from "../api";
import { useDeleteConversation } from "../hooks";
import { saveFile } from "../save";
import { texts } from "../texts";
import { when } from "../when";
import classes from "./History.module.css";
import { RenameDialog } from "./RenameDialog";

/** A conversation in the list, and what can be done with it. */
export function HistoryItem({ conversation, active, onGo }: { conversation: Conversation; active: boolean; onGo: () => void }) {
  const { client } = useWorkspace();
  const navigate = useNavigate();
  const remove = useDeleteConversation();
  const [dialog, setDialog] = useState<"rename" | "delete" | null>(null);
  const title = conversation.title || texts.untitled;
  const save = (format: "json" | "markdown") => {
    client.conversations.export(conversation.id, format).then((file) => saveFile(file, `${title}.${format === "json" ? "json" : "md"}`), notifyFailed);
  };
  const items: [label: string, run: () => void][] = [
    [texts.rename, () => setDialog("rename")],
    [texts.exportMarkdown, () => save("markdown")],
    [texts.exportJson, () => save("json")],
  ];
  return (
    <li className={classes.item} data-active={active || undefined}>
      <Link
        to="/chat/$conversationId"
        params={{ conversationId: conversation.id }}
        search={(before) => ({ q: before.q })}
        className={classes.link}
        aria-current={active ? "page" : undefined}
        onClick={onGo}
      >
        <Text fw={active ? 600 : 500} truncate>
          {title}
        </Text>
        <Text size="sm" c="dimmed" truncate>
          {conversation.feature ?? conversation.model} · {when(conversation.updatedAt)}
        </Text>
      </Link>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={28} className={classes.menu ?? ""} aria-label={texts.itemMenu(title)}>
            <Ellipsis size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {items.map(([label, run]) => (
            <Menu.Item key={label} onClick={run}>
              {label}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item c="var(--tl-bad)" onClick={() => setDialog("delete")}>
            {texts.delete}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog === "rename" ? <RenameDialog id={conversation.id} title={conversation.title} onClose={() => setDialog(null)} /> : null}
      <ConfirmDestroy
        opened={dialog === "delete"}
        title={texts.deleteTitle(title)}
        about={texts.deleteAbout}
        action={texts.deleteAction}
        onConfirm={async () => {
          await remove(conversation.id);
          if (active) await navigate({ to: "/chat", search: {} });
        }}
        onClose={() => setDialog(null)}
      />
    </li>
  );
}
