import { useState } from "react";
import { takeAddressToken } from "@/shared/api/addressToken";
import { EntryForm } from "@/shared/ui/EntryForm";
import { FrontDoor } from "@/shared/ui/FrontDoor";
import { setUp } from "../api";
import { FoundStep } from "../components/FoundStep";
import { texts } from "../texts";

/** The first run, at the address that the server printed: a password, then what can be used at once. */
export function SetupPage({ done }: { done: (start: { model: string; prompt: string }) => void }) {
  const [token] = useState(takeAddressToken);
  const [entered, setEntered] = useState(false);
  if (entered) return <FoundStep done={done} />;
  return (
    <FrontDoor title={texts.title} about={texts.about}>
      <EntryForm
        fields={token === "" ? ["token", "email", "password"] : ["email", "password"]}
        labels={{ token: texts.token, email: texts.email, password: texts.password }}
        initial={{ token }}
        action={texts.action}
        submit={(given) => setUp({ token: given.token, email: given.email, password: given.password })}
        done={() => setEntered(true)}
      />
    </FrontDoor>
  );
}
