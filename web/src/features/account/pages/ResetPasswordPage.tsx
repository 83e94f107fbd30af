import { useState } from "react";
import { takeAddressToken } from "@/shared/api/addressToken";
import { resetPassword } from "../api";
import { EntryForm } from "@/shared/ui/EntryForm";
import { FrontDoor } from "@/shared/ui/FrontDoor";
import { texts } from "../texts";

/** Where the link of a forgotten password leads. */
export function ResetPasswordPage({ done }: { done: () => void }) {
  const [token] = useState(takeAddressToken);
  return (
    <FrontDoor title={texts.reset.title} about={texts.reset.about}>
      <EntryForm
        fields={["token", "password"]}
        labels={{ token: texts.reset.token, password: texts.reset.fresh }}
        initial={{ token }}
        action={texts.reset.action}
        submit={(given) => resetPassword({ token: given.token, password: given.password })}
        done={done}
      />
    </FrontDoor>
  );
}
