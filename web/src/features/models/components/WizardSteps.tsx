import { Box, Text, UnstyledButton } from "@mantine/core";
import { Check } from "lucide-react";
import { type Step, STEPS } from "../draft";
import { texts } from "../texts";
import classes from "./WizardSteps.module.css";

/** The six steps: what was chosen in each, where one is, and which can be gone to. */
export function WizardSteps({ step, about, reachable, onStep }: { step: Step; about: Partial<Record<Step, string>>; reachable: (step: Step) => boolean; onStep: (step: Step) => void }) {
  return (
    <Box component="nav" aria-label={texts.wizard.title}>
      <Box component="ol" className={classes.steps}>
        {STEPS.map((each, index) => {
          const done = about[each] !== undefined && each !== step;
          return (
            <li key={each}>
              <UnstyledButton
                className={classes.step}
                aria-current={each === step ? "step" : undefined}
                disabled={!reachable(each)}
                onClick={() => onStep(each)}
              >
                <span className={classes.mark} data-state={each === step ? "here" : done ? "done" : "open"} aria-hidden>
                  {done ? <Check size={12} /> : index + 1}
                </span>
                <span className={classes.words}>
                  <Text span display="block" fw={each === step ? 600 : 400} {...(each === step ? {} : { c: "dimmed" })}>
                    {texts.wizard.steps[each]}
                  </Text>
                  {done ? (
                    <Text span size="sm" c="dimmed" className={classes.about}>
                      {about[each]}
                    </Text>
                  ) : null}
                </span>
              </UnstyledButton>
            </li>
          );
        })}
      </Box>
      <Text size="sm" c="dimmed" className={classes.short}>
        {texts.wizard.stepOf(STEPS.indexOf(step) + 1, STEPS.length)} · {texts.wizard.steps[step]}
      </Text>
    </Box>
  );
}
