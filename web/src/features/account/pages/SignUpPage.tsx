import { signUp } from "../api";
import { EntryForm } from "@/shared/ui/EntryForm";
import { EntryLink } from "../components/EntryLink";
import { FrontDoor } from "@/shared/ui/FrontDoor";
import { texts } from "../texts";

/** An account for a stranger, where sign-up is open. */
export function SignUpPage({ done }: { done: () => void }) {
  return (
    <FrontDoor title={texts.signUp.title} about={texts.signUp.about}>
      <EntryForm
        fields={["name", "email", "password"]}
        labels={{ name: texts.name, email: texts.email, password: texts.password }}
        action={texts.signUp.action}
        submit={({ name, email, password }) => signUp({ name, email, password })}
        done={done}
      />
      <EntryLink to="/">{texts.signUp.have}</EntryLink>
    </FrontDoor>
  );
}
