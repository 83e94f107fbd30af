import { Box, Select, Table, Text } from "@mantine/core";
import { moment } from "@/shared/format/time";
import { useNames } from "@/shared/subjects/useNames";
import { Badge, type Tone } from "@/shared/ui/Badge";
import { ColumnHeads } from "@/shared/ui/ColumnHeads";
import { Fact } from "@/shared/ui/Fact";
import { Listed } from "@/shared/ui/Listed";
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
      <Listed query={violations} rows={5} loading={words.loading} empty={{ title: words.empty, about: words.emptyAbout }}>
        {(all) => (
          <TableFrame
            label={words.list}
            cards
            head={<ColumnHeads columns={[[words.columns.policy], [words.columns.what], [words.columns.who, "sm"], [words.columns.done, "md"]]} />}
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
        )}
      </Listed>
    </>
  );
}
