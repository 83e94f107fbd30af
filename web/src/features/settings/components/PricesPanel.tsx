import { Button, Table, Text } from "@mantine/core";
import { Plus } from "lucide-react";
import { useState } from "react";
import { DeclaredBadge } from "@/shared/declared/DeclaredBadge";
import { usd } from "@/shared/format/money";
import { moment } from "@/shared/format/time";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { ColumnHeads } from "@/shared/ui/ColumnHeads";
import { Fact } from "@/shared/ui/Fact";
import { Listed } from "@/shared/ui/Listed";
import { PanelHead } from "@/shared/ui/PanelHead";
import { RowMenu } from "@/shared/ui/RowMenu";
import { TableFrame } from "@/shared/ui/TableFrame";
import { useMay } from "@/shared/workspace";
import type { Price } from "../api";
import { useDeletions, usePrices } from "../hooks";
import { texts } from "../texts";
import { PriceForm } from "./PriceForm";
import { SourceBadge } from "./SourceBadge";

const words = texts.prices;

/** What models cost the workspace in place of the list. */
export function PricesPanel() {
  const prices = usePrices();
  const mayChange = useMay("prices.change");
  const { removePrice } = useDeletions();
  const [adding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<Price | null>(null);
  return (
    <>
      <PanelHead about={words.about}>
        {mayChange ? (
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {words.add}
          </Button>
        ) : null}
      </PanelHead>
      <Listed query={prices} rows={3} loading={texts.loading} empty={{ title: words.empty, about: words.emptyAbout }}>
        {(all) => (
          <TableFrame
            label={words.list}
            cards
            head={<ColumnHeads columns={[[words.columns.model], [words.columns.prices], [words.columns.since, "sm"], [words.columns.source, "sm"]]} actions />}
          >
            {all.map((price) => (
              <Table.Tr key={price.id}>
                <Table.Td>
                  <Text className="mono">{`${price.provider}/${price.model}`}</Text>
                  <Text size="sm" c="dimmed">
                    {price.note}
                  </Text>
                </Table.Td>
                <Fact label={words.columns.prices}>{Object.entries(price.prices).map(([unit, amount]) => `${usd(amount)} ${words.units[unit] ?? unit}`).join(" · ")}</Fact>
                <Fact label={words.columns.since} from="sm">{moment(price.startsAt)}</Fact>
                <Fact label={words.columns.source} from="sm">
                  <SourceBadge source="database" />
                  <DeclaredBadge section="prices" thing={price} />
                </Fact>
                <Table.Td ta="right">
                  {mayChange ? <RowMenu label={words.actionsFor(price.model)} actions={[{ label: words.delete, run: () => setRemoved(price), destroys: true }]} /> : null}
                </Table.Td>
              </Table.Tr>
            ))}
          </TableFrame>
        )}
      </Listed>
      {adding ? <PriceForm onClose={() => setAdding(false)} /> : null}
      {removed === null ? null : (
        <ConfirmDestroy
          opened
          title={words.deleting(removed.model)}
          about={words.deletingAbout}
          action={words.delete}
          onClose={() => setRemoved(null)}
          onConfirm={() => removePrice(removed.id)}
        />
      )}
    </>
  );
}
