import { Box, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { DeclaredBadge } from "@/shared/declared/DeclaredBadge";
import { usd } from "@/shared/format/money";
import { percent } from "@/shared/format/quantity";
import { ago, moment } from "@/shared/format/time";
import { texts as shared } from "@/shared/texts";
import { Badge } from "@/shared/ui/Badge";
import { RowMenu } from "@/shared/ui/RowMenu";
import { useMay } from "@/shared/workspace";
import type { Budget } from "../api";
import { type Figures, figuresOf } from "../figures";
import { texts } from "../texts";
import { BudgetBar } from "./BudgetBar";

const words = texts.budgets;

/** One budget: for whom, how much, and how its period stands. */
export function BudgetCard({ budget, onEdit, onDelete }: { budget: Budget; onEdit: () => void; onDelete: () => void }) {
  const figures = figuresOf(budget);
  const mayChange = useMay("budgets.change");
  const who = budget.subject === "workspace" ? shared.subject.kinds.workspace : `${shared.subject.kinds[budget.subject]}: ${budget.subjectName ?? budget.subjectId}`;
  return (
    <Card component="article" aria-label={budget.name}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Box miw={0}>
            <Title order={2}>{budget.name}</Title>
            <Text size="sm" c="dimmed">
              {who}
            </Text>
            <DeclaredBadge section="budgets" thing={budget} />
          </Box>
          <Group gap="xs" wrap="nowrap">
            <Badge tone={figures.tone}>{stateOf(figures)}</Badge>
            {mayChange ? (
              <RowMenu
                label={words.actionsFor(budget.name)}
                actions={[
                  { label: words.edit, run: onEdit },
                  { label: words.delete, run: onDelete, destroys: true },
                ]}
              />
            ) : null}
          </Group>
        </Group>
        <BudgetBar figures={figures} label={words.bar(budget.name, usd(figures.spent), usd(figures.amount))} />
        <SimpleGrid cols={{ base: 2, xs: 4 }} spacing="sm">
          <Figure name={words.spent} value={usd(figures.spent)} about={percent(figures.used)} />
          <Figure name={words.reserved} value={usd(figures.reserved)} />
          <Figure name={words.left} value={usd(figures.left)} />
          <Figure name={words.forecast} value={figures.forecast === null ? "–" : usd(figures.forecast)} />
        </SimpleGrid>
        <Text size="sm" c="dimmed">
          {[
            words.per(usd(figures.amount), words.periods[budget.period], budget.timeZone),
            budget.periodEnd === null ? words.never : words.until(moment(budget.periodEnd)),
            budget.hard ? `${words.hard}: ${words.hardAbout.toLowerCase()}` : `${words.soft}: ${words.softAbout.toLowerCase()}`,
            ...budget.crossed.map(({ threshold, at }) => words.crossed(threshold, ago(at))),
          ].join(" · ")}
        </Text>
      </Stack>
    </Card>
  );
}

function Figure({ name, value, about }: { name: string; value: string; about?: string }) {
  return (
    <Box>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text fw={550}>
        {value}
        {about === undefined ? null : (
          <Text span size="sm" c="dimmed">
            {` ${about}`}
          </Text>
        )}
      </Text>
    </Box>
  );
}

function stateOf({ tone, used }: Figures): string {
  if (tone === "bad") return words.over;
  return tone === "fair" ? words.near(percent(used)) : words.fine;
}
