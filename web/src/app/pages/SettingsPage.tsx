import { CachePanel } from "@/features/settings/components/CachePanel";
import { CaptureForm } from "@/features/settings/components/CaptureForm";
import { InstallationList } from "@/features/settings/components/InstallationList";
import { PricesPanel } from "@/features/settings/components/PricesPanel";
import { RetentionForm } from "@/features/settings/components/RetentionForm";
import { useCapture, useRetention, useSettings } from "@/features/settings/hooks";
import { texts } from "@/features/settings/texts";
import { SignOnPanel } from "@/features/signOn/pages/SignOnPanel";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { PageHeader } from "@/shared/ui/PageHeader";
import { PageTabs } from "@/shared/ui/PageTabs";
import { useMay } from "@/shared/workspace";

const skeleton = <ListSkeleton rows={5} label={texts.loading} />;

/** How the workspace and the installation are set. What a role may not see is not there. */
export function SettingsPage() {
  const mayCapture = useMay("capture.read");
  const mayAll = useMay("settings.read");
  const maySignOn = useMay("identity_providers.manage");
  return (
    <>
      <PageHeader title={texts.title} about={texts.about} />
      <PageTabs
        label={texts.title}
        tabs={[
          { value: "retention", label: texts.tabs.retention, panel: <RetentionPanel /> },
          ...(mayCapture ? [{ value: "capture", label: texts.tabs.capture, panel: <CapturePanel /> }] : []),
          { value: "prices", label: texts.tabs.prices, panel: <PricesPanel /> },
          { value: "cache", label: texts.tabs.cache, panel: <CachePanel /> },
          ...(maySignOn ? [{ value: "sign-on", label: texts.tabs.signOn, panel: <SignOnPanel /> }] : []),
          ...(mayAll ? [{ value: "installation", label: texts.tabs.installation, panel: <InstallationPanel /> }] : []),
        ]}
      />
    </>
  );
}

function RetentionPanel() {
  const retention = useRetention();
  return (
    <Loaded query={retention} skeleton={skeleton}>
      {(data) => <RetentionForm retention={data} />}
    </Loaded>
  );
}

function CapturePanel() {
  const capture = useCapture();
  return (
    <Loaded query={capture} skeleton={skeleton}>
      {(data) => <CaptureForm capture={data} />}
    </Loaded>
  );
}

function InstallationPanel() {
  const settings = useSettings();
  return (
    <Loaded query={settings} skeleton={skeleton}>
      {(data) => <InstallationList settings={data} />}
    </Loaded>
  );
}
