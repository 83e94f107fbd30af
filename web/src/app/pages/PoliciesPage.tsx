import { BudgetsPanel } from "@/features/budgets/pages/BudgetsPanel";
import { LimitsPanel } from "@/features/budgets/pages/LimitsPanel";
import { PageHeader } from "@/shared/ui/PageHeader";
import { PageTabs } from "@/shared/ui/PageTabs";

const TITLE = "Policies & budgets";

/** What calls may cost, how many there may be, and what they must not do. */
export function PoliciesPage() {
  return (
    <>
      <PageHeader title={TITLE} about="What calls may cost, how many there may be, and what they must not do." />
      <PageTabs
        label={TITLE}
        tabs={[
          { value: "budgets", label: "Budgets", panel: <BudgetsPanel /> },
          { value: "limits", label: "Limits", panel: <LimitsPanel /> },
        ]}
      />
    </>
  );
}
