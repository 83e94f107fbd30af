import { Switch, Table, Text } from "@mantine/core";
import { DeclaredBadge } from "@/shared/declared/DeclaredBadge";
import { useProviderNames } from "@/shared/providers";
import { useNames } from "@/shared/subjects/useNames";
import { ActionsHead } from "@/shared/ui/ActionsHead";
import { Badge, type Tone } from "@/shared/ui/Badge";
import { Fact, FactHead } from "@/shared/ui/Fact";
import { RowMenu } from "@/shared/ui/RowMenu";
import { TableFrame } from "@/shared/ui/TableFrame";
import { useMay } from "@/shared/workspace";
import type { Policy } from "../api";
import { useSwitchPolicy } from "../hooks";
import { sayRule } from "../rule";
import { texts } from "../texts";

const words = texts.columns;
const ACTION_TONES: Tone[] = ["quiet", "fair", "bad"];

/** The policies, in words. Those of the installation are changed by its administrator, elsewhere. */
export function PolicyList({ policies, onEdit, onDelete, onViolations }: { policies: Policy[]; onEdit: (policy: Policy) => void; onDelete: (policy: Policy) => void; onViolations: (policy: Policy) => void }) {
  const switchPolicy = useSwitchPolicy();
  const application = useNames("application");
  const key = useNames("key");
  const provider = useProviderNames();
  const mayChange = useMay("policies.change");
  const mayAll = useMay("policies.change_installation");
  const maySee = useMay("violations.read");
  const holds = (policy: Policy): string => {
    if (policy.workspaceId === null) return texts.holds.installation;
    if (policy.keyId !== null) return texts.holds.key(key(policy.keyId) ?? policy.keyId);
    return policy.repoId === null ? texts.holds.workspace : texts.holds.application(application(policy.repoId) ?? policy.repoId);
  };
  return (
    <TableFrame
      label={texts.list}
      cards
      head={
        <>
          <Table.Th w={60}>{words.on}</Table.Th>
          <Table.Th>{words.name}</Table.Th>
          <FactHead from="sm">{words.holds}</FactHead>
          <Table.Th>{words.action}</Table.Th>
          <FactHead from="md">{words.fail}</FactHead>
          <ActionsHead />
        </>
      }
    >
      {policies.map((policy) => {
        const mine = policy.workspaceId === null ? mayAll : mayChange;
        return (
          <Table.Tr key={policy.id}>
            <Table.Td>
              <Switch checked={policy.enabled} disabled={!mine} aria-label={texts.switch(policy.name)} onChange={(event) => switchPolicy(policy, event.currentTarget.checked)} />
            </Table.Td>
            <Table.Td maw={460}>
              <Text fw={550}>{policy.name}</Text>
              <Text size="sm" c="dimmed" lineClamp={2}>
                {sayRule(policy, provider)}
              </Text>
              <DeclaredBadge section="policies" thing={policy} />
            </Table.Td>
            <Fact label={words.holds} from="sm">{holds(policy)}</Fact>
            <Fact label={words.action}>
              <Action policy={policy} />
            </Fact>
            <Fact label={words.fail} from="md">{texts.fails[policy.failMode === "closed" ? "closed" : "open"]}</Fact>
            <Table.Td ta="right">
              <RowMenu
                label={texts.actionsFor(policy.name)}
                actions={[
                  ...(maySee ? [{ label: texts.violations, run: () => onViolations(policy) }] : []),
                  ...(mine
                    ? [
                        { label: texts.edit, run: () => onEdit(policy) },
                        { label: texts.delete, run: () => onDelete(policy), destroys: true },
                      ]
                    : []),
                ]}
              />
            </Table.Td>
          </Table.Tr>
        );
      })}
    </TableFrame>
  );
}

function Action({ policy }: { policy: Policy }) {
  return policy.enabled ? <Badge tone={ACTION_TONES[policy.actionType] ?? "quiet"}>{texts.actions[policy.actionType] ?? ""}</Badge> : <Badge tone="quiet">{texts.off}</Badge>;
}
