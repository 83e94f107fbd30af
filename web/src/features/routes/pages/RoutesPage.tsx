import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ListSkeleton } from "@/shared/ui/ListSkeleton";
import { Loaded } from "@/shared/ui/Loaded";
import { PageHeader } from "@/shared/ui/PageHeader";
import { useMay, useWorkspace } from "@/shared/workspace";
import { routesQuery } from "../api";
import { RouteList } from "../components/RouteList";
import { texts } from "../texts";

/** All routes of the workspace. */
export function RoutesPage() {
  const { client, id } = useWorkspace();
  const routes = useQuery(routesQuery(client, id));
  const create = useMay("routes.change") ? (
    <Button component={Link} leftSection={<Plus size={16} aria-hidden />} {...({ to: "/routes/new" } as object)}>
      {texts.new}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title={texts.title} about={texts.about} actions={create} />
      <Loaded query={routes} skeleton={<ListSkeleton rows={4} label={texts.loading} />}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState title={texts.empty.title} actions={create}>
              {texts.empty.about}
            </EmptyState>
          ) : (
            <RouteList routes={all} />
          )
        }
      </Loaded>
    </>
  );
}
