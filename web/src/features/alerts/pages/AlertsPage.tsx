import { PageHeader } from "@/shared/ui/PageHeader";
import { PageTabs } from "@/shared/ui/PageTabs";
import { useMay } from "@/shared/workspace";
import { AlertList } from "../components/AlertList";
import { ChannelList } from "../components/ChannelList";
import { DeliveryList } from "../components/DeliveryList";
import { RuleList } from "../components/RuleList";
import { texts } from "../texts";

/** What is wrong, when people are told, where, and what they were told. */
export function AlertsPage() {
  const channels = useMay("alert_channels.change");
  const { tabs } = texts;
  return (
    <>
      <PageHeader title={texts.title} about={texts.about} />
      <PageTabs
        label={texts.tabsLabel}
        tabs={[
          { value: "alerts", label: tabs.alerts, panel: <AlertList /> },
          { value: "rules", label: tabs.rules, panel: <RuleList /> },
          ...(channels
            ? [
                { value: "channels", label: tabs.channels, panel: <ChannelList /> },
                { value: "history", label: tabs.history, panel: <DeliveryList /> },
              ]
            : []),
        ]}
      />
    </>
  );
}
