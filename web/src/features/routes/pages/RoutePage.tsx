import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { DeclaredBadge } from "@/shared/declared/DeclaredBadge";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { notifyDone } from "@/shared/ui/notify";
import { PageHeader } from "@/shared/ui/PageHeader";
import { PageTabs } from "@/shared/ui/PageTabs";
import { useMay, useWorkspace } from "@/shared/workspace";
import { type Route, routeQuery } from "../api";
import { RouteForm } from "../components/RouteForm";
import { RouteHistory } from "../components/RouteHistory";
import { texts } from "../texts";

/** One route: what it leads to, and how. */
export function RoutePage({ routeId }: { routeId: string }) {
  const { client, id } = useWorkspace();
  const route = useQuery(routeQuery(client, id, routeId));
  return (
    <Loaded query={route} skeleton={<ListSkeleton rows={4} label={texts.loading} />}>
      {(data) => <Shown route={data} />}
    </Loaded>
  );
}

function Shown({ route }: { route: Route }) {
  const { client, id } = useWorkspace();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const may = useMay("routes.change");
  const [deleting, { open, close }] = useDisclosure(false);
  return (
    <>
      <PageHeader
        title={route.name}
        about={texts.strategies[route.strategy]}
        badge={<DeclaredBadge section="routes" thing={route} />}
        actions={
          may ? (
            <Button variant="default" c="var(--tl-bad)" onClick={open}>
              {texts.form.delete}
            </Button>
          ) : null
        }
      />
      <PageTabs
        label={texts.tabs.label}
        tabs={[
          { value: "settings", label: texts.tabs.settings, stay: true, panel: <RouteForm route={route} mayChange={may} onSaved={(saved) => notifyDone(texts.form.saved(saved.name))} /> },
          { value: "history", label: texts.tabs.history, panel: <RouteHistory route={route} mayChange={may} /> },
        ]}
      />
      <ConfirmDestroy
        opened={deleting}
        title={texts.form.deleteTitle(route.name)}
        about={texts.form.deleteAbout}
        action={texts.form.delete}
        onConfirm={async () => {
          await client.delete("/api/routes/{route_id}", { path: { route_id: route.id } });
          await queries.invalidateQueries({ queryKey: ["routes", id] });
          void navigate({ to: "/routes" as string });
        }}
        onClose={close}
      />
    </>
  );
}
