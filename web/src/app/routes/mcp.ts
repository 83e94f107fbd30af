import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "./root";

const servers = createRoute({
  getParentRoute: () => root,
  path: "/mcp-servers",
  component: lazyRouteComponent(() => import("@/features/mcp/pages/McpServersPage"), "McpServersPage"),
});

export const mcpRoutes = [servers] as const;
