import { Group, Table, Text } from "@mantine/core";
import { Badge } from "@/shared/ui/Badge";
import { CopyButton } from "@/shared/ui/CopyButton";
import { ColumnHeads } from "@/shared/ui/ColumnHeads";
import { Fact } from "@/shared/ui/Fact";
import { RowMenu } from "@/shared/ui/RowMenu";
import { TableFrame } from "@/shared/ui/TableFrame";
import type { IdentityProvider } from "../api";
import { texts } from "../texts";

const words = texts.columns;

/** The providers, with what each must be told and what it gives. */
export function ProviderList({ providers, onEdit, onScim, onDelete }: { providers: IdentityProvider[] } & Record<"onEdit" | "onScim" | "onDelete", (provider: IdentityProvider) => void>) {
  return (
    <TableFrame
      label={texts.list}
      cards
      head={<ColumnHeads columns={[[words.name], [words.redirect, "md"], [words.roles, "sm"], [words.scim, "lg"], [words.state]]} actions />}
    >
      {providers.map((provider) => (
        <Table.Tr key={provider.id}>
          <Table.Td maw={300}>
            <Text fw={550}>{provider.name}</Text>
            <Text className="mono" c="dimmed" truncate title={provider.issuer}>
              {provider.issuer}
            </Text>
          </Table.Td>
          <Fact label={words.redirect} from="md" maw={320}>
            <Group gap={4} wrap="nowrap" maw="100%">
              <Text className="mono" truncate title={provider.redirectUri}>
                {provider.redirectUri}
              </Text>
              <CopyButton value={provider.redirectUri} what={`${words.redirect}: ${provider.name}`} />
            </Group>
          </Fact>
          <Fact label={words.roles} from="sm">
            <Text>{texts.groups(provider.groupRoles.length)}</Text>
            <Text size="sm" c="dimmed">
              {provider.defaultRole === null ? texts.noOthers : texts.others(texts.roles[provider.defaultRole.role])}
            </Text>
          </Fact>
          <Fact label={words.scim} from="lg">
            <Text className="mono">{provider.scimTokenMask ?? texts.noScim}</Text>
          </Fact>
          <Fact label={words.state}>
            <Badge tone={provider.enabled ? "good" : "quiet"}>{provider.enabled ? texts.on : texts.off}</Badge>
          </Fact>
          <Table.Td ta="right">
            <RowMenu
              label={texts.actionsFor(provider.name)}
              actions={[
                { label: texts.edit, run: () => onEdit(provider) },
                { label: texts.scim, run: () => onScim(provider) },
                { label: texts.delete, run: () => onDelete(provider), destroys: true },
              ]}
            />
          </Table.Td>
        </Table.Tr>
      ))}
    </TableFrame>
  );
}
