import { Button, SimpleGrid } from "@mantine/core";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Listed } from "@/shared/ui/Listed";
import { PanelHead } from "@/shared/ui/PanelHead";
import { useMay } from "@/shared/workspace";
import type { Budget } from "../api";
import { BudgetCard } from "../components/BudgetCard";
import { BudgetForm } from "../components/BudgetForm";
import { DeleteBudget } from "../components/DeleteBudget";
import { useBudgets } from "../hooks";
import { texts } from "../texts";

type Open = { kind: "create" } | { kind: "edit" | "delete"; budget: Budget } | null;

/** What calls may cost, and what they did. */
export function BudgetsPanel() {
  const budgets = useBudgets();
  const mayChange = useMay("budgets.change");
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const words = texts.budgets;
  return (
    <>
      <PanelHead about={words.about}>
        {mayChange ? (
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setOpen({ kind: "create" })}>
            {words.add}
          </Button>
        ) : null}
      </PanelHead>
      <Listed query={budgets} rows={3} loading={words.loading} empty={{ title: words.empty, about: `${words.emptyAbout}${mayChange ? "" : ` ${words.emptyViewer}`}` }}>
        {(all) => (
          <SimpleGrid cols={{ base: 1, lg: 2 }}>
            {all.map((budget) => (
              <BudgetCard key={budget.id} budget={budget} onEdit={() => setOpen({ kind: "edit", budget })} onDelete={() => setOpen({ kind: "delete", budget })} />
            ))}
          </SimpleGrid>
        )}
      </Listed>
      {open?.kind === "create" ? <BudgetForm editing={null} onClose={close} /> : null}
      {open?.kind === "edit" ? <BudgetForm editing={open.budget} onClose={close} /> : null}
      {open?.kind === "delete" ? <DeleteBudget budget={open.budget} onClose={close} /> : null}
    </>
  );
}
