import { BudgetsPanel } from "@/features/budgets/pages/BudgetsPanel";
import { LimitsPanel } from "@/features/budgets/pages/LimitsPanel";
import { PoliciesPanel } from "@/features/policies/pages/PoliciesPanel";
import { ViolationsPanel } from "@/features/policies/pages/ViolationsPanel";
import { PageHeader } from "@/shared/ui/PageHeader";
import { PageTabs } from "@/shared/ui/PageTabs";
import { useMay } from "@/shared/workspace";

const TITLE = "Policies & budgets";

/** What calls may cost, how many there may be, and what they must not do. `onSearch` puts a tab and a policy into the address. */
export function PoliciesPage({ policy, onSearch }: { policy: string | undefined; onSearch: (next: { tab: string; policy?: string | undefined }) => void }) {
  const maySee = useMay("violations.read");
  const violations = (policyId: string | undefined) => onSearch({ tab: "violations", policy: policyId });
  return (
    <>
      <PageHeader title={TITLE} about="What calls may cost, how many there may be, and what they must not do." />
      <PageTabs
        label={TITLE}
        tabs={[
          { value: "budgets", label: "Budgets", panel: <BudgetsPanel /> },
          { value: "limits", label: "Limits", panel: <LimitsPanel /> },
          { value: "policies", label: "Policies", panel: <PoliciesPanel onViolations={violations} /> },
          ...(maySee ? [{ value: "violations", label: "Violations", panel: <ViolationsPanel policyId={policy} onPolicy={violations} /> }] : []),
        ]}
      />
    </>
  );
}
