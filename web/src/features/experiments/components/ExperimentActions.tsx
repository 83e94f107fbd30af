import { Button } from "@mantine/core";
import { useState } from "react";
import { CopyAs } from "@/shared/ui/CopyAs";
import { ConfirmDestroy } from "@/shared/ui/ConfirmDestroy";
import { type Experiment, useExperimentChanges } from "../api";
import { texts } from "../texts";

/** How an experiment is ended: with a winner, or with the control. */
export function ExperimentActions({ experiment, may }: { experiment: Experiment; may: boolean }) {
  const { ship, revert } = useExperimentChanges(experiment.configId);
  const [asking, setAsking] = useState<"ship" | "revert" | null>(null);
  const control = experiment.versions.find((version) => version.isControl);
  const challengers = experiment.versions.filter((version) => !version.isControl);
  const advised = challengers.find((version) => version.versionId === experiment.recommendation.versionId);
  const winner = advised ?? challengers.toSorted((a, b) => b.share - a.share)[0];
  const close = () => setAsking(null);
  const ends = may && experiment.state === "running" && control !== undefined && winner !== undefined;
  return (
    <>
      <CopyAs sent={{ method: "GET", path: `/model-configs/${experiment.configId}/experiment` }} />
      {ends ? (
        <>
          <Button variant="default" onClick={() => setAsking("revert")}>
            {texts.revert(control.version)}
          </Button>
          <Button onClick={() => setAsking("ship")}>{texts.ship(winner.version)}</Button>
          <ConfirmDestroy
            opened={asking !== null}
            title={asking === "revert" ? texts.revert(control.version) : texts.ship(winner.version)}
            about={asking === "revert" ? texts.revertAbout(control.version) : texts.shipAbout(winner.version)}
            action={asking === "revert" ? texts.revert(control.version) : texts.ship(winner.version)}
            onConfirm={() => (asking === "revert" ? revert.mutateAsync() : ship.mutateAsync(winner.versionId))}
            onClose={close}
          />
        </>
      ) : null}
    </>
  );
}
