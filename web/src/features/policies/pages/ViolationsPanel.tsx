import { Box, Select, Table, Text } from "@mantine/core";
import { moment } from "@/shared/format/time";
import { useNames } from "@/shared/subjects/useNames";
import { Badge, type Tone } from "@/shared/ui/Badge";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { MorePages } from "@/shared/ui/MorePages";
import { PanelHead } from "@/shared/ui/PanelHead";
import { TableFrame } from "@/shared/ui/TableFrame";
import { usePolicies, useViolations } from "../hooks";
import { texts } from "../texts";

const words = texts.broken;
const TONES: Tone[] = ["quiet", "fair", "bad"];

/** Calls that broke a policy. `policyId`: of that one alone. */
export function ViolationsPanel({ policyId, onPolicy }: { policyId: string | undefined; onPolicy: (policyId: string | undefined) => void }) {
  const policies = usePolicies();
  const violations = useViolations(policyId);
  const person = useNames("user");
  const key = useNames("key");
  return (
    <>
      <PanelHead about={words.about}>
        <Select
          size="xs"
          w={220}
          aria-label={words.policy}
          placeholder={words.any}
          data={(policies.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={policyId ?? null}
          onChange={(next) => onPolicy(next ?? undefined)}
          clearable
        />
      </PanelHead>
      <Loaded query={violations} skeleton={<ListSkeleton rows={5} label={words.loading} />}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState title={words.empty}>{words.emptyAbout}</EmptyState>
          ) : (
            <TableFrame
              label={words.list}
              head={
                <>
                  <Table.Th>{words.columns.policy}</Table.Th>
                  <Table.Th>{words.columns.what}</Table.Th>
                  <Table.Th visibleFrom="sm">{words.columns.who}</Table.Th>
                  <Table.Th visibleFrom="md">{words.columns.done}</Table.Th>
                </>
              }
            >
              {all.map((each) => (
                <Table.Tr key={each.id}>
                  <Table.Td>
                    <Text fw={550}>{each.policyName}</Text>
                    <Text size="sm" c="dimmed">
                      {moment(each.timestamp)}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Text>{each.explanation}</Text>
                    <Box hiddenFrom="md">
                      <Badge tone={TONES[each.actionType] ?? "quiet"}>{texts.actions[each.actionType] ?? ""}</Badge>
                    </Box>
                    <Text size="sm" c="dimmed" className="mono">
                      {each.requestId}
                    </Text>
                  </Table.Td>
                  <Table.Td visibleFrom="sm">
                    <Text>{person(each.userId) ?? words.gone}</Text>
                    {each.keyId === null ? null : (
                      <Text size="sm" c="dimmed">
                        {words.withKey(key(each.keyId) ?? each.keyId)}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td visibleFrom="md">
                    <Badge tone={TONES[each.actionType] ?? "quiet"}>{texts.actions[each.actionType] ?? ""}</Badge>
                  </Table.Td>
                </Table.Tr>
              ))}
            </TableFrame>
          )
        }
      </Loaded>
      <MorePages query={violations} />
    </>
  );
}
