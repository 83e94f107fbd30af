import { Box, Select, Table, Text } from "@mantine/core";
import { moment } from "@/shared/format/time";
import { useNames } from "@/shared/subjects/useNames";
import { Badge, type Tone } from "@/shared/ui/Badge";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Fact, FactHead } from "@/shared/ui/Fact";
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
              cards
              head={
                <>
                  <Table.Th>{words.columns.policy}</Table.Th>
                  <Table.Th>{words.columns.what}</Table.Th>
                  <FactHead from="sm">{words.columns.who}</FactHead>
                  <FactHead from="md">{words.columns.done}</FactHead>
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
                  <Fact label={words.columns.what}>
                    <Text>{each.explanation}</Text>
                    <Box visibleFrom="xs" hiddenFrom="md">
                      <Badge tone={TONES[each.actionType] ?? "quiet"}>{texts.actions[each.actionType] ?? ""}</Badge>
                    </Box>
                    <Text size="sm" c="dimmed" className="mono">
                      {each.requestId}
                    </Text>
                  </Fact>
                  <Fact label={words.columns.who} from="sm">
                    <Text>{person(each.userId) ?? words.gone}</Text>
                    {each.keyId === null ? null : (
                      <Text size="sm" c="dimmed">
                        {words.withKey(key(each.keyId) ?? each.keyId)}
                      </Text>
                    )}
                  </Fact>
                  <Fact label={words.columns.done} from="md">
                    <Badge tone={TONES[each.actionType] ?? "quiet"}>{texts.actions[each.actionType] ?? ""}</Badge>
                  </Fact>
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
