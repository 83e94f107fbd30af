import { Stack, Title } from "@mantine/core";
import { useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Forbidden } from "@/shared/ui/Forbidden";
import { useWorkspace } from "@/shared/workspace";
import { itemAt, needAt } from "./navigation";
import { texts } from "./texts";

/** The page, or in its place which role it takes, for who has another. */
export function RoleGate({ children }: { children: ReactNode }) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const { may, role } = useWorkspace();
  const need = needAt(path);
  if (need === undefined || may.has(need.may)) return children;
  return (
    <Stack>
      <Title order={1}>{itemAt(path)?.label}</Title>
      <Forbidden reason={texts.needs(need.role, role)} />
    </Stack>
  );
}
