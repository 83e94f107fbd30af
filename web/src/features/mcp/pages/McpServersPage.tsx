import { Button } from "@mantine/core";
import { Plus } from "lucide-react";
import { useState } from "react";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { Listed } from "@/shared/ui/Listed";
import { notifyDone } from "@/shared/ui/notify";
import { PageHeader } from "@/shared/ui/PageHeader";
import { useMay } from "@/shared/workspace";
import type { McpServer } from "../api";
import { ConnectDialog } from "../components/ConnectDialog";
import { ServerForm } from "../components/ServerForm";
import { ServerList } from "../components/ServerList";
import { TestDialog } from "../components/TestDialog";
import { useDeleteServer, useServers } from "../hooks";
import { texts } from "../texts";

type Open = { kind: "create" | "own" } | { kind: "connect" | "test" | "edit" | "delete"; server: McpServer } | null;

/** MCP servers that programs reach through the gateway: what each lets in, and how a program is connected. */
export function McpServersPage() {
  const servers = useServers();
  const remove = useDeleteServer();
  const mayChange = useMay("mcp_servers.change");
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const show = (kind: "connect" | "test" | "edit" | "delete") => (server: McpServer) => setOpen({ kind, server });
  return (
    <>
      <PageHeader
        title={texts.title}
        about={texts.about}
        actions={
          <>
            <Button variant="default" onClick={() => setOpen({ kind: "own" })}>
              {texts.own}
            </Button>
            {mayChange ? (
              <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setOpen({ kind: "create" })}>
                {texts.add}
              </Button>
            ) : null}
          </>
        }
      />
      <Listed query={servers} rows={4} loading={texts.loading} empty={{ title: texts.empty, about: mayChange ? texts.emptyAbout : texts.emptyViewer }}>
        {(all) => (
          <ServerList servers={all} onConnect={show("connect")} onTest={show("test")} onEdit={show("edit")} onDelete={show("delete")} />
        )}
      </Listed>
      {open?.kind === "own" ? <ConnectDialog server={null} onClose={close} /> : null}
      {open?.kind === "connect" ? <ConnectDialog server={open.server} onClose={close} /> : null}
      {open?.kind === "test" ? <TestDialog server={open.server} onClose={close} /> : null}
      {open?.kind === "create" ? <ServerForm editing={null} onClose={close} /> : null}
      {open?.kind === "edit" ? <ServerForm editing={open.server} onClose={close} /> : null}
      {open?.kind === "delete" ? (
        <ConfirmDestroy
          opened
          title={texts.deleting(open.server.name)}
          about={texts.deletingAbout(open.server.name)}
          action={texts.delete}
          onClose={close}
          onConfirm={async () => {
            await remove(open.server.id);
            notifyDone(texts.done.gone(open.server.name));
          }}
        />
      ) : null}
    </>
  );
}
