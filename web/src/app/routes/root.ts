import { createRootRoute } from "@tanstack/react-router";
import { Guard } from "../Guard";
import { NotFound } from "../NotFound";

/** What stands above every page: who is not signed in is asked to. */
export const root = createRootRoute({ component: Guard, notFoundComponent: NotFound });
