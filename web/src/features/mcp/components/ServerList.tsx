import { Table, Text } from "@mantine/core";
import { Badge } from "@/shared/ui/Badge";
import { ColumnHeads } from "@/shared/ui/ColumnHeads";
import { Fact } from "@/shared/ui/Fact";
import { RowMenu } from "@/shared/ui/RowMenu";
import { TableFrame } from "@/shared/ui/TableFrame";
import { useMay } from "@/shared/workspace";
import type { McpServer } from "../api";
import { texts } from "../texts";

const words = texts.columns;

/** The servers, with what each lets in. */
export function ServerList({
  servers,
  onConnect,
  onTest,
  onEdit,
  onDelete,
}: { servers: McpServer[] } & Record<"onConnect" | "onTest" | "onEdit" | "onDelete", (server: McpServer) => void>) {
  const mayChange = useMay("mcp_servers.change");
  return (
    <TableFrame
      label={texts.list}
      cards
      head={<ColumnHeads columns={[[words.name], [words.auth, "md"], [words.tools, "sm"], [words.keys, "sm"], [words.state]]} actions />}
    >
      {servers.map((server) => (
        <Table.Tr key={server.id}>
          <Table.Td maw={300}>
            <Text fw={550}>{server.name}</Text>
            <Text className="mono" c="dimmed" truncate title={server.url}>
              {server.url}
            </Text>
          </Table.Td>
          <Fact label={words.auth} from="md">{texts.auths[server.auth]}</Fact>
          <Fact label={words.tools} from="sm">{server.tools === null ? texts.allTools : texts.someTools(server.tools.length)}</Fact>
          <Fact label={words.keys} from="sm">{server.keys === null ? texts.allKeys : texts.someKeys(server.keys.length)}</Fact>
          <Fact label={words.state}>
            <Badge tone={server.enabled ? "good" : "quiet"}>{server.enabled ? texts.on : texts.off}</Badge>
          </Fact>
          <Table.Td ta="right">
            <RowMenu
              label={texts.actionsFor(server.name)}
              actions={[
                { label: texts.connect, run: () => onConnect(server) },
                ...(mayChange
                  ? [
                      { label: texts.test, run: () => onTest(server) },
                      { label: texts.edit, run: () => onEdit(server) },
                      { label: texts.delete, run: () => onDelete(server), destroys: true },
                    ]
                  : []),
              ]}
            />
          </Table.Td>
        </Table.Tr>
      ))}
    </TableFrame>
  );
}
