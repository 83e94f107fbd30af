import { createRootRoute, createRoute, Outlet } from "@tanstack/react-router";
import { Guard } from "../Guard";
import { NotFound } from "../NotFound";

/** What stands above every page, also those for who is not signed in. */
export const base = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

/** What stands above every page of the console: who is not signed in is asked to. */
export const root = createRoute({ getParentRoute: () => base, id: "inside", component: Guard });

/** For addresses that lead nowhere, inside the shell. */
export const nowhere = createRoute({ getParentRoute: () => root, path: "$", component: NotFound });
