import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { TrunklineError } from "@trunkline/client";
import { PasswordInput } from "@/shared/ui/PasswordInput";
import { Problem } from "@/shared/ui/Problem";
import { optionsQuery, signIn } from "../api";
import { EntryLink } from "../components/EntryLink";
import { SignOnLinks } from "../components/SignOnLinks";
import { FrontDoor } from "@/shared/ui/FrontDoor";
import { texts } from "../texts";

/** Email address and password. `done` is called when somebody has signed in; `note` says why they are asked. */
export function SignInPage({ note, done }: { note?: string; done: () => void }) {
  const form = useForm({ defaultValues: { email: "", password: "" } });
  const entering = useMutation({ mutationFn: signIn, onSuccess: done });
  const options = useQuery(optionsQuery);
  const { errors } = form.formState;
  const refused = entering.error instanceof TrunklineError && entering.error.status === 401 ? entering.error : null;
  return (
    <FrontDoor title={texts.signIn.title} about={note ?? texts.signIn.about}>
      <form noValidate onSubmit={(event) => void form.handleSubmit((given) => entering.mutate(given))(event)}>
        <Stack>
          {options.data?.setUp === false ? <Text>{texts.signIn.setUp}</Text> : null}
          {options.data?.signOn.length ? <SignOnLinks providers={options.data.signOn} /> : null}
          {options.data?.passwordSignIn === "administrators" ? <Text>{texts.signIn.adminsOnly}</Text> : null}
          <TextInput
            label={texts.email}
            type="email"
            autoComplete="username"
            autoFocus
            error={errors.email?.message}
            {...form.register("email", { required: texts.fields.email, pattern: { value: /^\s*\S+@\S+\s*$/, message: texts.fields.at } })}
          />
          <PasswordInput
            label={texts.password}
            autoComplete="current-password"
            error={errors.password?.message ?? refused?.message}
            {...form.register("password", { required: texts.fields.password })}
          />
          {entering.error && !refused ? <Problem error={entering.error} /> : null}
          <Button type="submit" loading={entering.isPending} fullWidth>
            {texts.signIn.action}
          </Button>
          <Group justify="space-between">
            <EntryLink to="/forgotten-password">{texts.signIn.forgot}</EntryLink>
            {options.data?.signup ? <EntryLink to="/sign-up">{texts.signIn.signUp}</EntryLink> : null}
          </Group>
        </Stack>
      </form>
    </FrontDoor>
  );
}
