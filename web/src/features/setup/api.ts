import { queryOptions } from "@tanstack/react-query";
import { clientFor } from "@/shared/api/client";
import { enter } from "@/shared/api/entry";

/** Set the first administrator's address and password, with the token that the server printed. */
export const setUp = (given: { token: string; email: string; password: string }) => enter("/api/auth/setup", given);

const readDiscoveries = () => clientFor().get("/api/discoveries");

/** Keys in the server's environment, and an Ollama on its machine. */
export const discoveriesQuery = queryOptions({ queryKey: ["discoveries"], queryFn: readDiscoveries, staleTime: Number.POSITIVE_INFINITY });

/** Make a configuration of one of those. */
export const takeOver = (provider: string) => clientFor().post("/api/discoveries/{name}", { path: { name: provider }, body: {} });

/** A key that may only call models. */
export const makeKey = async () => (await clientFor().post("/api/keys", { body: { name: "First run", scope: "call" } })).key;

export type Discovery = Awaited<ReturnType<typeof readDiscoveries>>[number];
