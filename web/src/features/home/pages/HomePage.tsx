import { Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { PageHeader } from "@/shared/ui/PageHeader";
import { useWorkspace } from "@/shared/workspace";
import { stepsQuery } from "../api";
import { Checklist } from "../components/Checklist";
import { HealthStrip } from "../components/HealthStrip";
import { OpenAlerts } from "../components/OpenAlerts";
import { Today } from "../components/Today";
import { texts } from "../texts";

/** Where one begins: what is left to do, then how things stand. */
export function HomePage() {
  const { client, id, may } = useWorkspace();
  const steps = useQuery(stepsQuery(client, id));
  const unfinished = steps.data !== undefined && !(steps.data.provider && steps.data.key && steps.data.call !== null);
  return (
    <>
      <PageHeader title={texts.title} about={texts.about} />
      <Stack gap="lg">
        {unfinished && may.has("call") ? <Checklist steps={steps.data} /> : null}
        <Part title={texts.health.title}>
          <HealthStrip />
        </Part>
        <Part title={texts.today.title}>
          <Today />
        </Part>
        <Part title={texts.alerts.title}>
          <OpenAlerts />
        </Part>
      </Stack>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}
