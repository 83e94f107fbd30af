import { Box, Button } from "@mantine/core";
import { useEffect } from "react";
import { type ConfigurationDraft, TrunklineError } from "@trunkline/client";
import { Problem } from "@/shared/ui/Problem";
import type { Provider } from "../api";
import type { DraftValues, Step } from "../draft";
import { useValidateConfiguration } from "../hooks";
import { cleanKey, ending } from "../keys";
import { containerAddress } from "../stages";
import { texts } from "../texts";
import type { Tested } from "../wizard";
import { ConnectionTester } from "./ConnectionTester";

/** Tests what was entered so far; begins by itself. */
export function TestStep({
  provider,
  values,
  draft,
  onTested,
  onStep,
}: {
  provider: Provider;
  values: DraftValues;
  draft: () => Promise<ConfigurationDraft>;
  onTested: (tested: Tested) => void;
  onStep: (step: Step) => void;
}) {
  const { stages, isPending, error, mutate } = useValidateConfiguration(provider.name);
  const run = () => mutate(draft, { onSuccess: (verdict) => onTested(verdict.success ? "passed" : "failed"), onError: () => onTested("failed") });
  useEffect(() => {
    run();
    // oxlint-disable-next-line react/exhaustive-deps -- once, when the step is opened
  }, []);
  const key = cleanKey(values.key);
  const address = values.baseUrl || provider.baseUrl || provider.displayName;
  const host = URL.canParse(address) ? new URL(address).host : address;
  return (
    <Box p={{ base: 0 }}>
      <ConnectionTester
        provider={provider.name}
        title={texts.test.title(provider.displayName)}
        about={texts.test.with(host, key === "" ? "" : ending(key))}
        stages={stages}
        running={isPending}
        onTest={run}
        renderRemedies={(kind) => (
          <>
            {provider.acceptsApiKey && kind !== "name" && kind !== "connection" ? <Button onClick={() => onStep("key")}>{texts.test.replaceKey}</Button> : null}
            {kind === "name" || kind === "connection" || provider.requiresBaseUrl ? (
              <Button variant={kind === "key" ? "default" : "filled"} onClick={() => onStep("key")}>
                {texts.test.changeAddress}
              </Button>
            ) : null}
          </>
        )}
        hint={containerAddress(address)}
      />
      {error ? (
        // What was entered cannot be so: the same once more would be refused again.
        error instanceof TrunklineError && error.status === 400 ? (
          <Problem error={error} retry={() => onStep("key")} action={texts.test.changeInput} />
        ) : (
          <Problem error={error} retry={run} />
        )
      ) : null}
    </Box>
  );
}
