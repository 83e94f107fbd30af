import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { forgetPassword, optionsQuery } from "../api";
import { EntryForm } from "@/shared/ui/EntryForm";
import { EntryLink } from "../components/EntryLink";
import { FrontDoor } from "@/shared/ui/FrontDoor";
import { texts } from "../texts";

/** Asks for the link to a new password; where no email is sent, says who can help. */
export function ForgottenPasswordPage() {
  const options = useQuery(optionsQuery);
  const [sent, setSent] = useState(false);
  return (
    <FrontDoor title={texts.forgotten.title} about={options.data?.passwordReset === false ? texts.forgotten.byHand : texts.forgotten.about}>
      {options.data?.passwordReset === false ? null : sent ? (
        <Text component="output">{texts.forgotten.sent}</Text>
      ) : (
        <EntryForm
          fields={["email"]}
          labels={{ email: texts.email }}
          action={texts.forgotten.action}
          submit={({ email }) => forgetPassword({ email })}
          done={() => setSent(true)}
        />
      )}
      <EntryLink to="/">{texts.forgotten.back}</EntryLink>
    </FrontDoor>
  );
}
