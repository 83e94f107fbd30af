import { usd } from "@/shared/format/money";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { notifyDone } from "@/shared/ui/notify";
import type { Budget } from "../api";
import { useDeleteBudget } from "../hooks";
import { texts } from "../texts";

/** Asks before a budget is deleted. */
export function DeleteBudget({ budget, onClose }: { budget: Budget; onClose: () => void }) {
  const remove = useDeleteBudget();
  const words = texts.deleteBudget;
  return (
    <ConfirmDestroy
      opened
      title={words.title(budget.name)}
      about={words.about}
      affected={[words.spent(usd(Number(budget.spent)), usd(Number(budget.amount))), ...(budget.hard ? [words.hard] : [])]}
      action={texts.budgets.delete}
      onClose={onClose}
      onConfirm={async () => {
        await remove(budget.id);
        notifyDone(texts.done.budgetGone);
      }}
    />
  );
}
